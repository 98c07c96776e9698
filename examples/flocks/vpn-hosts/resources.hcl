data "capability" "gateway" {
  name = "ipsec-gateway"
}

resource "infrastructure_component" "host" {
  count      = 2
  kind       = "bare_metal_host"
  role       = "vpn-host-${count.index}"
  uplink     = data.capability.gateway.outputs.peer
  depends_on = [data.capability.gateway]
}

resource "artifact_deployment" "terminator" {
  artifact   = "tunnel-terminator"
  components = [infrastructure_component.host[0], infrastructure_component.host[1]]
  config = {
    cipher = "aes-256-gcm"
  }
}

resource "connection" "tunnel" {
  count      = 2
  kind       = "ipsec"
  host       = infrastructure_component.host[count.index].id
  depends_on = [artifact_deployment.terminator]
}

resource "capability" "tunnels" {
  name       = "vpn-tunnels"
  depends_on = [connection.tunnel]
}
