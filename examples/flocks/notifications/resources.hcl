data "capability" "queue" {
  name = "queue"
}

resource "infrastructure_component" "topics" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.queue]
}

resource "infrastructure_component" "senders" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 2
  depends_on = [data.capability.queue]
}

resource "artifact_deployment" "notifications" {
  artifact   = "notification-sender"
  components = [infrastructure_component.topics, infrastructure_component.senders]
}

resource "capability" "notifications" {
  name       = "notifications"
  depends_on = [artifact_deployment.notifications]
}
