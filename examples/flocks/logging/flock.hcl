# Logs, indexed and archived.
flock "logging" {
  owners   = ["observability@example.com"]
  notify   = ["observability-oncall@example.com"]
  service  = "logging"
  rollback = "auto"
}
