data "capability" "vcn" {
  name = "virtual-cloud-network"
}

data "capability" "names" {
  name = "dns"
}

resource "infrastructure_component" "capacity" {
  kind             = "capacity_pool"
  oversubscription = 1.5
  depends_on       = [data.capability.vcn]
}

resource "infrastructure_component" "images" {
  kind       = "image_cache"
  size_gib   = 2048
  depends_on = [data.capability.vcn]
}

resource "artifact_deployment" "agent" {
  artifact   = "instance-agent"
  components = [infrastructure_component.capacity, infrastructure_component.images]
  config = {
    resolver = data.capability.names.outputs.resolver
  }
  depends_on = [data.capability.names]
}

resource "capability" "compute" {
  name       = "compute"
  depends_on = [artifact_deployment.agent]
}
