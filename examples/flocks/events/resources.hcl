data "capability" "streaming" {
  name = "streaming"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "rules" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.streaming, data.capability.identity]
}

resource "infrastructure_component" "router" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 3
  depends_on = [data.capability.streaming, data.capability.identity]
}

resource "artifact_deployment" "events" {
  artifact   = "event-router"
  components = [infrastructure_component.rules, infrastructure_component.router]
}

resource "capability" "events" {
  name       = "events"
  depends_on = [artifact_deployment.events]
}
