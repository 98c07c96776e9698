# Probes from outside.
flock "health-checks" {
  owners   = ["observability@example.com"]
  notify   = ["observability-oncall@example.com"]
  service  = "health-checks"
  rollback = "auto"
}
