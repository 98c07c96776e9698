data "capability" "compute" {
  name = "compute"
}

data "capability" "volumes" {
  name = "block-storage"
}

resource "infrastructure_component" "ring" {
  kind       = "partition_ring"
  partitions = 256
  depends_on = [data.capability.compute, data.capability.volumes]
}

resource "artifact_deployment" "nosql" {
  artifact   = "nosql-node"
  components = [infrastructure_component.ring]
  config = {
    place = local.execution_target.place
  }
}

resource "capability" "nosql" {
  name       = "nosql"
  depends_on = [artifact_deployment.nosql]
}
