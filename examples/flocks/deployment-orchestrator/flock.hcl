# Drives the workers of its environment; with it the ViBE takes over from the host region.
flock "deployment-orchestrator" {
  owners   = ["orchestration@example.com"]
  notify   = ["orchestration-oncall@example.com"]
  service  = "deployment-orchestrator"
  rollback = "auto"
}
