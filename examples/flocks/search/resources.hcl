data "capability" "compute" {
  name = "compute"
}

data "capability" "volumes" {
  name = "block-storage"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "nodes" {
  kind       = "search_index"
  shards     = 24
  depends_on = [data.capability.compute, data.capability.volumes, data.capability.identity]
}

resource "infrastructure_component" "coordinator" {
  kind       = "virtual_machine_pool"
  shape      = "standard.8"
  size       = 3
  depends_on = [data.capability.compute, data.capability.volumes, data.capability.identity]
}

resource "artifact_deployment" "search" {
  artifact   = "search-node"
  components = [infrastructure_component.nodes, infrastructure_component.coordinator]
}

resource "capability" "search" {
  name       = "search"
  depends_on = [artifact_deployment.search]
}
