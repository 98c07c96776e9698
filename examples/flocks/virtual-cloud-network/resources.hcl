data "capability" "networking" {
  name = "networking"
}

resource "infrastructure_component" "interfaces" {
  kind       = "vnic_pool"
  fabric     = data.capability.networking.outputs.fabric
  depends_on = [data.capability.networking]
}

resource "infrastructure_component" "edge" {
  kind       = "gateway_pair"
  mode       = "active-active"
  depends_on = [data.capability.networking]
}

resource "artifact_deployment" "data_plane" {
  artifact   = "vcn-data-plane"
  components = [infrastructure_component.interfaces, infrastructure_component.edge]
}

resource "capability" "vcn" {
  name       = "virtual-cloud-network"
  depends_on = [artifact_deployment.data_plane]
}
