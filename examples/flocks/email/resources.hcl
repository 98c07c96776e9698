data "capability" "queue" {
  name = "queue"
}

data "capability" "names" {
  name = "dns"
}

resource "infrastructure_component" "relay" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 3
  depends_on = [data.capability.queue, data.capability.names]
}

resource "infrastructure_component" "addresses" {
  kind       = "public_address_pool"
  size       = 16
  depends_on = [data.capability.queue, data.capability.names]
}

resource "artifact_deployment" "email" {
  artifact   = "mail-relay"
  components = [infrastructure_component.relay, infrastructure_component.addresses]
}

resource "capability" "email" {
  name       = "email"
  depends_on = [artifact_deployment.email]
}
