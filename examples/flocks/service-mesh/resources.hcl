data "capability" "clusters" {
  name = "kubernetes-engine"
}

data "capability" "certificates" {
  name = "certificate-authority"
}

resource "infrastructure_component" "control" {
  kind       = "virtual_machine_pool"
  shape      = "standard.2"
  size       = 3
  depends_on = [data.capability.clusters, data.capability.certificates]
}

resource "infrastructure_component" "registry" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.clusters, data.capability.certificates]
}

resource "artifact_deployment" "mesh" {
  artifact   = "mesh-control"
  components = [infrastructure_component.control, infrastructure_component.registry]
}

resource "capability" "mesh" {
  name       = "service-mesh"
  depends_on = [artifact_deployment.mesh]
}
