data "capability" "compute" {
  name = "compute"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "jump_host" {
  kind       = "virtual_machine_pool"
  shape      = "standard.1"
  size       = 2
  depends_on = [data.capability.compute, data.capability.identity]
}

resource "infrastructure_component" "recorder" {
  kind       = "append_only_store"
  replicas   = 2
  depends_on = [data.capability.compute, data.capability.identity]
}

resource "artifact_deployment" "bastion" {
  artifact   = "bastion-broker"
  components = [infrastructure_component.jump_host, infrastructure_component.recorder]
}

resource "capability" "bastion" {
  name       = "bastion"
  depends_on = [artifact_deployment.bastion]
}
