data "capability" "gateway" {
  name = "api-gateway"
}

data "capability" "monitoring" {
  name = "monitoring"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "web" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 3
  depends_on = [data.capability.gateway, data.capability.identity]
}

resource "infrastructure_component" "assets" {
  kind       = "object_bucket"
  public     = true
  depends_on = [data.capability.gateway]
}

resource "infrastructure_component" "site" {
  kind       = "dns_record"
  name       = "console.${local.region.name}.${local.region.dns_suffix}"
  type       = "A"
  depends_on = [data.capability.gateway]
}

resource "artifact_deployment" "console" {
  artifact   = "console-web"
  components = [infrastructure_component.web, infrastructure_component.assets]
  depends_on = [data.capability.monitoring, infrastructure_component.site]
}

resource "capability" "console" {
  name       = "console"
  depends_on = [artifact_deployment.console]
}
