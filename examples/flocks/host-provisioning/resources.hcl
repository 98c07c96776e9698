resource "infrastructure_component" "rack" {
  kind  = "rack_inventory"
  place = local.execution_target.place
}

resource "infrastructure_component" "hypervisors" {
  kind            = "hypervisor_pool"
  rack            = infrastructure_component.rack.id
  reserve_percent = 10
}

resource "artifact_deployment" "agent" {
  artifact   = "host-agent"
  components = [infrastructure_component.hypervisors]
  config = {
    availability_domain = local.execution_target.availability_domain
  }
}

resource "capability" "hardware" {
  name       = "hardware"
  depends_on = [artifact_deployment.agent]
}
