data "capability" "regional" {
  name        = "cios-regional"
  environment = local.execution_target.environment
}

data "capability" "worker" {
  name        = "worker"
  environment = local.execution_target.environment
}

resource "infrastructure_component" "host" {
  kind       = "virtual_machine"
  shape      = "standard.4"
  depends_on = [data.capability.regional, data.capability.worker]
}

resource "infrastructure_component" "journal" {
  kind       = "block_volume"
  size_gib   = 200
  depends_on = [data.capability.regional, data.capability.worker]
}

resource "artifact_deployment" "orchestrator" {
  artifact   = "deployment-orchestrator"
  components = [infrastructure_component.host, infrastructure_component.journal]
  config = {
    region      = local.region.name
    environment = local.execution_target.environment
  }
}

resource "capability" "orchestrator" {
  name       = "deployment-orchestrator"
  depends_on = [artifact_deployment.orchestrator]
}
