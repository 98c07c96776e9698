data "capability" "objects" {
  name = "object-storage"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "catalogue" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.objects, data.capability.identity]
}

resource "infrastructure_component" "front_end" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 3
  depends_on = [data.capability.objects, data.capability.identity]
}

resource "artifact_deployment" "registry" {
  artifact   = "registry-front-end"
  components = [infrastructure_component.catalogue, infrastructure_component.front_end]
  config = {
    storage = "object-storage"
  }
}

resource "capability" "registry" {
  name       = "container-registry"
  depends_on = [artifact_deployment.registry]
}
