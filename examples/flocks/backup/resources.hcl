data "capability" "objects" {
  name = "object-storage"
}

data "capability" "volumes" {
  name = "block-storage"
}

data "capability" "keys" {
  name = "key-management"
}

resource "infrastructure_component" "vault" {
  kind           = "backup_vault"
  immutable_days = 14
  depends_on     = [data.capability.objects, data.capability.volumes, data.capability.keys]
}

resource "infrastructure_component" "mover" {
  kind       = "virtual_machine_pool"
  shape      = "dense-io.8"
  size       = 2
  depends_on = [data.capability.objects, data.capability.volumes, data.capability.keys]
}

resource "artifact_deployment" "backup" {
  artifact   = "backup-mover"
  components = [infrastructure_component.vault, infrastructure_component.mover]
}

resource "capability" "backup" {
  name       = "backup"
  depends_on = [artifact_deployment.backup]
}
