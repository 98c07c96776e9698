# Mutual TLS between workloads.
flock "service-mesh" {
  owners   = ["containers@example.com"]
  notify   = ["containers-oncall@example.com"]
  service  = "service-mesh"
  rollback = "auto"
}
