data "capability" "orchestrator" {
  name = "deployment-orchestrator"
}

data "capability" "trust" {
  name = "pki"
}

# Enough of a line to bring up the gateway; the tunnels take over (see vpn-hosts).
resource "connection" "out_of_band" {
  kind       = "vpn"
  depends_on = [data.capability.orchestrator]
}

resource "infrastructure_component" "asset" {
  kind       = "bare_metal_host"
  role       = "ipsec-gateway"
  place      = local.execution_target.place
  depends_on = [connection.out_of_band]
}

resource "artifact_deployment" "gateway" {
  artifact   = "ipsec-gateway"
  components = [infrastructure_component.asset]
  config = {
    certificate_issuer = data.capability.trust.outputs.issuer
  }
  depends_on = [data.capability.trust]
}

resource "capability" "gateway" {
  name = "ipsec-gateway"
  outputs = {
    peer = infrastructure_component.asset.id
  }
  depends_on = [artifact_deployment.gateway]
}
