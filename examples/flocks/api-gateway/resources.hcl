data "capability" "balancer" {
  name = "load-balancer"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "routes" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.identity]
}

resource "infrastructure_component" "proxies" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 4
  depends_on = [data.capability.balancer]
}

resource "infrastructure_component" "hostname" {
  kind       = "dns_record"
  name       = "api.${local.region.name}.${local.region.dns_suffix}"
  type       = "CNAME"
  depends_on = [data.capability.balancer]
}

resource "artifact_deployment" "gateway" {
  artifact   = "api-gateway"
  components = [infrastructure_component.routes, infrastructure_component.proxies]
  depends_on = [infrastructure_component.hostname]
}

resource "capability" "gateway" {
  name       = "api-gateway"
  depends_on = [artifact_deployment.gateway]
}
