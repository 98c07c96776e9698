data "capability" "streaming" {
  name = "streaming"
}

data "capability" "database" {
  name = "database"
}

resource "infrastructure_component" "meters" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.streaming, data.capability.database]
}

resource "infrastructure_component" "aggregator" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 2
  depends_on = [data.capability.streaming, data.capability.database]
}

resource "artifact_deployment" "usage" {
  artifact   = "usage-aggregator"
  components = [infrastructure_component.meters, infrastructure_component.aggregator]
}

resource "capability" "usage" {
  name       = "usage-metering"
  depends_on = [artifact_deployment.usage]
}
