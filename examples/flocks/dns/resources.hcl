# In the ViBE its first worker is enough; in the region the network has to be there.
data "capability" "platform" {
  name        = local.execution_target.environment == "vibe" ? "vibe-worker" : "networking"
  environment = local.execution_target.environment
}

resource "infrastructure_component" "zone" {
  kind       = "dns_zone"
  name       = local.execution_target.zone
  ttl        = 300
  depends_on = [data.capability.platform]
}

resource "infrastructure_component" "nameserver" {
  kind       = "virtual_machine"
  shape      = "standard.2"
  replicas   = local.execution_target.environment == "vibe" ? 1 : 3
  depends_on = [data.capability.platform]
}

resource "artifact_deployment" "nameserver" {
  artifact   = "nameserver"
  components = [infrastructure_component.nameserver]
  config = {
    listen  = "0.0.0.0:53"
    forward = local.execution_target.environment == "vibe"
  }
  depends_on = [infrastructure_component.zone]
}

resource "integration_test" "resolves" {
  description = "The resolver answers for the zone"
  depends_on  = [artifact_deployment.nameserver]
}

# Names are served from the ViBE until its records have moved.
resource "data_migration" "records" {
  count      = local.execution_target.environment == "target" && local.region.ViBE_region != null ? 1 : 0
  from       = "vibe"
  to         = "target"
  depends_on = [artifact_deployment.nameserver]
}

resource "service_endpoint" "resolver" {
  count   = local.execution_target.environment == "target" && local.region.ViBE_region != null ? 1 : 0
  service = "dns"
  from    = "vibe"
  to      = "target"
  after   = [data_migration.records]
}

resource "capability" "dns" {
  name = "dns"
  outputs = {
    resolver = infrastructure_component.nameserver.id
  }
  depends_on = [artifact_deployment.nameserver]
}
