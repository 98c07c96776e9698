data "capability" "keys" {
  name = "key-management"
}

data "capability" "trust" {
  name = "pki"
}

resource "infrastructure_component" "intermediate" {
  kind       = "certificate_authority"
  issuer     = data.capability.trust.outputs.issuer
  depends_on = [data.capability.trust, data.capability.keys]
}

resource "infrastructure_component" "wildcard" {
  kind        = "certificate"
  common_name = "*.${local.region.name}.${local.region.dns_suffix}"
  depends_on  = [infrastructure_component.intermediate]
}

resource "artifact_deployment" "responder" {
  artifact   = "ocsp-responder"
  components = [infrastructure_component.intermediate]
  depends_on = [infrastructure_component.wildcard]
}

resource "capability" "certificates" {
  name       = "certificate-authority"
  depends_on = [artifact_deployment.responder]
}
