data "capability" "monitoring" {
  name = "monitoring"
}

data "capability" "balancer" {
  name = "load-balancer"
}

resource "infrastructure_component" "probes" {
  kind       = "virtual_machine_pool"
  shape      = "standard.1"
  size       = 3
  depends_on = [data.capability.monitoring, data.capability.balancer]
}

resource "infrastructure_component" "results" {
  kind           = "time_series_store"
  retention_days = 30
  depends_on     = [data.capability.monitoring, data.capability.balancer]
}

resource "artifact_deployment" "health" {
  artifact   = "health-prober"
  components = [infrastructure_component.probes, infrastructure_component.results]
}

resource "capability" "health" {
  name       = "health-checks"
  depends_on = [artifact_deployment.health]
}
