data "capability" "compute" {
  name = "compute"
}

data "capability" "vcn" {
  name = "virtual-cloud-network"
}

resource "infrastructure_component" "memory" {
  kind       = "virtual_machine_pool"
  shape      = "memory.16"
  size       = 4
  depends_on = [data.capability.compute, data.capability.vcn]
}

resource "infrastructure_component" "endpoint" {
  kind       = "network_endpoint"
  depends_on = [data.capability.compute, data.capability.vcn]
}

resource "artifact_deployment" "cache" {
  artifact   = "cache-node"
  components = [infrastructure_component.memory, infrastructure_component.endpoint]
}

resource "capability" "cache" {
  name       = "cache"
  depends_on = [artifact_deployment.cache]
}
