data "capability" "compute" {
  name = "compute"
}

data "capability" "volumes" {
  name = "block-storage"
}

data "capability" "keys" {
  name = "key-management"
}

resource "infrastructure_component" "cluster" {
  kind       = "database_cluster"
  nodes      = 3
  depends_on = [data.capability.compute, data.capability.volumes, data.capability.keys]
}

resource "infrastructure_component" "listener" {
  kind       = "network_endpoint"
  depends_on = [data.capability.compute, data.capability.volumes, data.capability.keys]
}

resource "artifact_deployment" "database" {
  artifact   = "database-engine"
  components = [infrastructure_component.cluster, infrastructure_component.listener]
  config = {
    place = local.execution_target.place
  }
}

resource "capability" "database" {
  name       = "database"
  depends_on = [artifact_deployment.database]
}
