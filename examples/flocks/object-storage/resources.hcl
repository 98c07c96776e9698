data "capability" "networking" {
  name = "networking"
}

data "capability" "trust" {
  name = "pki"
}

resource "infrastructure_component" "shards" {
  kind         = "storage_shards"
  erasure_code = "12+4"
  depends_on   = [data.capability.networking]
}

resource "infrastructure_component" "index" {
  kind       = "metadata_index"
  partitions = 64
  depends_on = [data.capability.networking]
}

resource "artifact_deployment" "front_end" {
  artifact   = "object-front-end"
  components = [infrastructure_component.shards, infrastructure_component.index]
  config = {
    certificate_issuer = data.capability.trust.outputs.issuer
  }
  depends_on = [data.capability.trust]
}

resource "capability" "objects" {
  name       = "object-storage"
  depends_on = [artifact_deployment.front_end]
}
