# Metrics and alarms.
flock "monitoring" {
  owners   = ["observability@example.com"]
  notify   = ["observability-oncall@example.com"]
  service  = "monitoring"
  rollback = "auto"
}
