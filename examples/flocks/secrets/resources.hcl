data "capability" "keys" {
  name = "key-management"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "store" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.keys, data.capability.identity]
}

resource "infrastructure_component" "front_end" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 2
  depends_on = [data.capability.keys, data.capability.identity]
}

resource "artifact_deployment" "secrets" {
  artifact   = "secret-store"
  components = [infrastructure_component.store, infrastructure_component.front_end]
  config = {
    rotation_days = 90
  }
}

resource "capability" "secrets" {
  name       = "secrets"
  depends_on = [artifact_deployment.secrets]
}
