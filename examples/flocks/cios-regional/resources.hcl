data "capability" "names" {
  name        = "dns"
  environment = local.execution_target.environment
}

data "capability" "platform" {
  name        = local.execution_target.environment == "vibe" ? "vibe-worker" : "compute"
  environment = local.execution_target.environment
}

resource "infrastructure_component" "regional_host" {
  kind       = "virtual_machine"
  shape      = "standard.8"
  depends_on = [data.capability.names, data.capability.platform]
}

resource "infrastructure_component" "worker_pool" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = local.execution_target.environment == "vibe" ? 2 : 6
  depends_on = [data.capability.names, data.capability.platform]
}

resource "artifact_deployment" "regional" {
  artifact   = "cios-regional"
  components = [infrastructure_component.regional_host]
  config = {
    region      = local.region.name
    environment = local.execution_target.environment
  }
}

resource "artifact_deployment" "worker" {
  artifact   = "cios-worker"
  components = [infrastructure_component.worker_pool]
  config = {
    regional = infrastructure_component.regional_host.id
  }
}

resource "capability" "regional" {
  name       = "cios-regional"
  depends_on = [artifact_deployment.regional]
}

resource "capability" "worker" {
  name       = "worker"
  depends_on = [artifact_deployment.worker]
}
