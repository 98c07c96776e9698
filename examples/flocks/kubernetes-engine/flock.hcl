# Managed clusters.
flock "kubernetes-engine" {
  owners   = ["containers@example.com"]
  notify   = ["containers-oncall@example.com"]
  service  = "kubernetes-engine"
  rollback = "auto"
}
