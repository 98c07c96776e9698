data "capability" "compute" {
  name = "compute"
}

data "capability" "trust" {
  name = "pki"
}

# The key agent that key-management publishes early; its full service follows once it can authenticate callers.
data "capability" "key_agent" {
  name = "key-management/agent"
}

data "capability" "keys" {
  name = "key-management"
}

resource "infrastructure_component" "directory" {
  kind       = "replicated_store"
  replicas   = 3
  depends_on = [data.capability.compute]
}

resource "infrastructure_component" "front_end" {
  kind       = "virtual_machine_pool"
  shape      = "standard.4"
  size       = 4
  depends_on = [data.capability.compute]
}

resource "artifact_deployment" "authentication" {
  artifact   = "identity-authentication"
  components = [infrastructure_component.directory, infrastructure_component.front_end]
  config = {
    issuer = data.capability.trust.outputs.issuer
    seal   = "agent"
  }
  depends_on = [data.capability.trust, data.capability.key_agent]
}

resource "artifact_deployment" "policies" {
  artifact   = "identity-policies"
  components = [infrastructure_component.directory]
  config = {
    encrypted = true
  }
  depends_on = [artifact_deployment.authentication, data.capability.keys]
}

resource "integration_test" "sign_in" {
  description = "A principal signs in and is told what it may do"
  depends_on  = [artifact_deployment.policies]
}

resource "capability" "authentication" {
  name       = "identity/authentication"
  partial    = true
  depends_on = [artifact_deployment.authentication]
}

resource "capability" "identity" {
  name       = "identity"
  depends_on = [artifact_deployment.policies]
}
