data "capability" "compute" {
  name = "compute"
}

data "capability" "balancer" {
  name = "load-balancer"
}

data "capability" "registry" {
  name = "container-registry"
}

resource "infrastructure_component" "control_plane" {
  kind       = "etcd_cluster"
  members    = 3
  depends_on = [data.capability.compute, data.capability.balancer, data.capability.registry]
}

resource "artifact_deployment" "clusters" {
  artifact   = "cluster-manager"
  components = [infrastructure_component.control_plane]
  config = {
    place = local.execution_target.place
  }
}

resource "capability" "clusters" {
  name       = "kubernetes-engine"
  depends_on = [artifact_deployment.clusters]
}
