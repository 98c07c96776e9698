data "capability" "logging" {
  name = "logging"
}

data "capability" "keys" {
  name = "key-management"
}

resource "infrastructure_component" "ledger" {
  kind       = "append_only_store"
  replicas   = 3
  depends_on = [data.capability.logging, data.capability.keys]
}

resource "infrastructure_component" "reader" {
  kind       = "virtual_machine"
  shape      = "standard.2"
  depends_on = [data.capability.logging, data.capability.keys]
}

resource "artifact_deployment" "audit" {
  artifact   = "audit-ledger"
  components = [infrastructure_component.ledger, infrastructure_component.reader]
}

resource "capability" "audit" {
  name       = "audit"
  depends_on = [artifact_deployment.audit]
}
