data "capability" "balancer" {
  name = "load-balancer"
}

data "capability" "logging" {
  name = "logging"
}

resource "infrastructure_component" "rules" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.balancer, data.capability.logging]
}

resource "infrastructure_component" "filters" {
  kind       = "virtual_machine_pool"
  shape      = "standard.8"
  size       = 3
  depends_on = [data.capability.balancer, data.capability.logging]
}

resource "artifact_deployment" "waf" {
  artifact   = "waf-filter"
  components = [infrastructure_component.rules, infrastructure_component.filters]
}

resource "capability" "waf" {
  name       = "web-application-firewall"
  depends_on = [artifact_deployment.waf]
}
