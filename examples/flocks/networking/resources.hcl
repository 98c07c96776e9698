data "capability" "hardware" {
  name = "hardware"
}

resource "infrastructure_component" "fabric" {
  kind       = "switch_fabric"
  spines     = 4
  depends_on = [data.capability.hardware]
}

resource "infrastructure_component" "backbone" {
  kind       = "backbone_router"
  asn        = 64512
  depends_on = [data.capability.hardware]
}

resource "artifact_deployment" "control_plane" {
  artifact   = "network-control-plane"
  components = [infrastructure_component.fabric, infrastructure_component.backbone]
  config = {
    region = local.region.name
  }
}

resource "capability" "networking" {
  name = "networking"
  outputs = {
    fabric = infrastructure_component.fabric.id
  }
  depends_on = [artifact_deployment.control_plane]
}
