data "capability" "compute" {
  name = "compute"
}

data "capability" "volumes" {
  name = "block-storage"
}

resource "infrastructure_component" "brokers" {
  kind       = "virtual_machine_pool"
  shape      = "dense-io.8"
  size       = 3
  depends_on = [data.capability.compute, data.capability.volumes]
}

resource "artifact_deployment" "streaming" {
  artifact   = "stream-broker"
  components = [infrastructure_component.brokers]
  config = {
    rack = local.execution_target.availability_domain
  }
}

resource "capability" "streaming" {
  name       = "streaming"
  depends_on = [artifact_deployment.streaming]
}
