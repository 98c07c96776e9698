data "capability" "identity" {
  name = "identity"
}

data "capability" "objects" {
  name = "object-storage"
}

resource "infrastructure_component" "stacks" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.identity, data.capability.objects]
}

resource "infrastructure_component" "runners" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 4
  depends_on = [data.capability.identity, data.capability.objects]
}

resource "artifact_deployment" "stacks" {
  artifact   = "stack-runner"
  components = [infrastructure_component.stacks, infrastructure_component.runners]
}

resource "capability" "stacks" {
  name       = "resource-manager"
  depends_on = [artifact_deployment.stacks]
}
