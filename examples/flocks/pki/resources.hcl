data "capability" "orchestrator" {
  name = "deployment-orchestrator"
}

data "capability" "network" {
  name        = local.execution_target.environment == "vibe" ? "dns" : "networking"
  environment = local.execution_target.environment
}

resource "infrastructure_component" "hsm" {
  kind       = "hardware_security_module"
  partition  = "pki-${local.region.code}"
  depends_on = [data.capability.orchestrator, data.capability.network]
}

resource "infrastructure_component" "issuer_host" {
  kind       = "virtual_machine"
  shape      = "standard.4"
  depends_on = [data.capability.orchestrator, data.capability.network]
}

resource "artifact_deployment" "issuer" {
  artifact   = "certificate-issuer"
  components = [infrastructure_component.issuer_host]
  config = {
    hsm   = infrastructure_component.hsm.id
    realm = local.realm.name
  }
}

# The chain of trust begins in the ViBE and is carried over.
resource "data_migration" "trust_store" {
  count      = local.execution_target.environment == "target" && local.region.ViBE_region != null ? 1 : 0
  from       = "vibe"
  to         = "target"
  depends_on = [artifact_deployment.issuer]
}

resource "service_endpoint" "issuer" {
  count   = local.execution_target.environment == "target" && local.region.ViBE_region != null ? 1 : 0
  service = "pki"
  from    = "vibe"
  to      = "target"
  after   = [data_migration.trust_store]
}

resource "capability" "pki" {
  name = "pki"
  outputs = {
    issuer = infrastructure_component.hsm.id
  }
  depends_on = [artifact_deployment.issuer]
}
