data "capability" "volumes" {
  name = "block-storage"
}

data "capability" "vcn" {
  name = "virtual-cloud-network"
}

resource "infrastructure_component" "pool" {
  kind       = "volume_group"
  size_tib   = 40
  depends_on = [data.capability.volumes]
}

resource "infrastructure_component" "mount_target" {
  kind       = "network_endpoint"
  depends_on = [data.capability.vcn]
}

resource "artifact_deployment" "server" {
  artifact   = "file-server"
  components = [infrastructure_component.pool, infrastructure_component.mount_target]
  config = {
    protocol = "nfs4"
  }
}

resource "capability" "files" {
  name       = "file-storage"
  depends_on = [artifact_deployment.server]
}
