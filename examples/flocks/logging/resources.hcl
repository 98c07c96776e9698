data "capability" "objects" {
  name = "object-storage"
}

data "capability" "compute" {
  name = "compute"
}

resource "infrastructure_component" "index" {
  kind       = "search_index"
  shards     = 12
  depends_on = [data.capability.objects, data.capability.compute]
}

resource "infrastructure_component" "agents" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 4
  depends_on = [data.capability.objects, data.capability.compute]
}

resource "artifact_deployment" "logging" {
  artifact   = "log-ingester"
  components = [infrastructure_component.index, infrastructure_component.agents]
  config = {
    retention_days = 30
  }
}

resource "capability" "logging" {
  name       = "logging"
  depends_on = [artifact_deployment.logging]
}
