data "capability" "hardware" {
  name = "hardware"
}

data "capability" "networking" {
  name = "networking"
}

resource "infrastructure_component" "enclosure" {
  kind       = "nvme_enclosure"
  drives     = 24
  depends_on = [data.capability.hardware]
}

resource "infrastructure_component" "replicas" {
  kind       = "replica_group"
  copies     = 3
  enclosure  = infrastructure_component.enclosure.id
  depends_on = [data.capability.networking]
}

resource "artifact_deployment" "volume_server" {
  artifact   = "volume-server"
  components = [infrastructure_component.replicas]
}

resource "capability" "volumes" {
  name       = "block-storage"
  depends_on = [artifact_deployment.volume_server]
}
