data "capability" "compute" {
  name = "compute"
}

data "capability" "volumes" {
  name = "block-storage"
}

resource "infrastructure_component" "series" {
  kind           = "time_series_store"
  retention_days = 90
  depends_on     = [data.capability.volumes]
}

resource "infrastructure_component" "collectors" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 4
  depends_on = [data.capability.compute]
}

resource "artifact_deployment" "collector" {
  artifact   = "metric-collector"
  components = [infrastructure_component.series, infrastructure_component.collectors]
}

resource "alarm" "ingestion_delay" {
  metric     = "ingestion_delay_seconds"
  threshold  = 60
  depends_on = [artifact_deployment.collector]
}

resource "capability" "monitoring" {
  name       = "monitoring"
  depends_on = [artifact_deployment.collector]
}
