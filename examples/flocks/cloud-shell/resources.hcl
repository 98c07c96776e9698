data "capability" "console" {
  name = "console"
}

data "capability" "clusters" {
  name = "kubernetes-engine"
}

resource "infrastructure_component" "homes" {
  kind       = "volume_group"
  size_tib   = 4
  depends_on = [data.capability.console, data.capability.clusters]
}

resource "infrastructure_component" "shells" {
  kind       = "microvm_pool"
  size       = 50
  depends_on = [data.capability.console, data.capability.clusters]
}

resource "artifact_deployment" "shell" {
  artifact   = "shell-broker"
  components = [infrastructure_component.homes, infrastructure_component.shells]
}

resource "capability" "shell" {
  name       = "cloud-shell"
  depends_on = [artifact_deployment.shell]
}
