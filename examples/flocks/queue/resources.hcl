data "capability" "streaming" {
  name = "streaming"
}

data "capability" "identity" {
  name = "identity"
}

resource "infrastructure_component" "partitions" {
  kind       = "partition_ring"
  partitions = 32
  depends_on = [data.capability.streaming, data.capability.identity]
}

resource "infrastructure_component" "front_end" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 3
  depends_on = [data.capability.streaming, data.capability.identity]
}

resource "artifact_deployment" "queue" {
  artifact   = "queue-front-end"
  components = [infrastructure_component.partitions, infrastructure_component.front_end]
}

resource "capability" "queue" {
  name       = "queue"
  depends_on = [artifact_deployment.queue]
}
