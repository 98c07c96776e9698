data "capability" "registry" {
  name = "container-registry"
}

data "capability" "gateway" {
  name = "load-balancer"
}

data "capability" "events" {
  name = "events"
}

resource "infrastructure_component" "sandboxes" {
  kind       = "microvm_pool"
  size       = 200
  depends_on = [data.capability.registry, data.capability.gateway, data.capability.events]
}

resource "infrastructure_component" "scheduler" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 3
  depends_on = [data.capability.registry, data.capability.gateway, data.capability.events]
}

resource "artifact_deployment" "functions" {
  artifact   = "function-scheduler"
  components = [infrastructure_component.sandboxes, infrastructure_component.scheduler]
}

resource "capability" "functions" {
  name       = "functions"
  depends_on = [artifact_deployment.functions]
}
