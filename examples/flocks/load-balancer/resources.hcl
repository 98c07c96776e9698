data "capability" "compute" {
  name = "compute"
}

data "capability" "vcn" {
  name = "virtual-cloud-network"
}

data "capability" "certificates" {
  name = "certificate-authority"
}

resource "infrastructure_component" "addresses" {
  kind       = "public_address_pool"
  size       = 256
  depends_on = [data.capability.vcn]
}

resource "infrastructure_component" "proxies" {
  kind       = "virtual_machine_pool"
  shape      = "standard.8"
  size       = 6
  depends_on = [data.capability.compute]
}

resource "infrastructure_component" "listener" {
  kind       = "tls_listener"
  host       = "lb.${local.region.code}.${local.region.dns_suffix}"
  depends_on = [data.capability.certificates]
}

resource "artifact_deployment" "proxy" {
  artifact   = "load-balancer-proxy"
  components = [infrastructure_component.addresses, infrastructure_component.proxies]
  depends_on = [infrastructure_component.listener]
}

resource "capability" "load_balancer" {
  name       = "load-balancer"
  depends_on = [artifact_deployment.proxy]
}
