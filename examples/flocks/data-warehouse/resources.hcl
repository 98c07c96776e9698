data "capability" "database" {
  name = "database"
}

data "capability" "objects" {
  name = "object-storage"
}

resource "infrastructure_component" "columns" {
  kind       = "column_store"
  nodes      = 8
  depends_on = [data.capability.database, data.capability.objects]
}

resource "infrastructure_component" "coordinator" {
  kind       = "virtual_machine"
  shape      = "standard.16"
  depends_on = [data.capability.database, data.capability.objects]
}

resource "artifact_deployment" "warehouse" {
  artifact   = "warehouse-coordinator"
  components = [infrastructure_component.columns, infrastructure_component.coordinator]
}

resource "capability" "warehouse" {
  name       = "data-warehouse"
  depends_on = [artifact_deployment.warehouse]
}
