data "capability" "compute" {
  name = "compute"
}

data "capability" "callers" {
  name = "identity/authentication"
}

resource "infrastructure_component" "partition" {
  kind       = "hsm_partition"
  label      = "kms-${local.region.code}"
  depends_on = [data.capability.compute]
}

resource "infrastructure_component" "vault_host" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 3
  depends_on = [data.capability.compute]
}

resource "artifact_deployment" "agent" {
  artifact   = "key-agent"
  components = [infrastructure_component.partition]
}

resource "artifact_deployment" "vaults" {
  artifact   = "key-vaults"
  components = [infrastructure_component.vault_host]
  config = {
    partition = infrastructure_component.partition.id
  }
  depends_on = [artifact_deployment.agent, data.capability.callers]
}

resource "capability" "agent" {
  name       = "key-management/agent"
  partial    = true
  depends_on = [artifact_deployment.agent]
}

resource "capability" "keys" {
  name       = "key-management"
  depends_on = [artifact_deployment.vaults]
}
