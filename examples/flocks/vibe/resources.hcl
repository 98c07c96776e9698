# The host region deploys these: until they run, nothing of the new region can.
data "capability" "host_regional" {
  name        = "cios-regional"
  environment = "host"
}

data "capability" "host_orchestrator" {
  name        = "deployment-orchestrator"
  environment = "host"
}

resource "infrastructure_component" "overlay" {
  kind       = "virtual_cloud_network"
  cidr       = "10.248.0.0/16"
  tenancy    = "vibe-${local.region.code}"
  depends_on = [data.capability.host_regional, data.capability.host_orchestrator]
}

resource "infrastructure_component" "capabilities_host" {
  kind    = "virtual_machine"
  shape   = "standard.4"
  network = infrastructure_component.overlay.id
}

resource "infrastructure_component" "worker_host" {
  kind    = "virtual_machine"
  shape   = "standard.8"
  network = infrastructure_component.overlay.id
}

resource "artifact_deployment" "capabilities_service" {
  artifact   = "capabilities-service"
  components = [infrastructure_component.capabilities_host]
  config = {
    region = local.region.name
  }
}

resource "artifact_deployment" "worker" {
  artifact   = "vibe-worker"
  components = [infrastructure_component.worker_host]
  config = {
    region      = local.region.name
    provisioner = "declarative"
  }
  depends_on = [artifact_deployment.capabilities_service]
}

resource "capability" "capabilities_service" {
  name       = "capabilities-service"
  depends_on = [artifact_deployment.capabilities_service]
}

resource "capability" "worker" {
  name       = "vibe-worker"
  depends_on = [artifact_deployment.worker]
}
