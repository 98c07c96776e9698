# The web console of the region.
flock "console" {
  owners   = ["platform@example.com"]
  notify   = ["platform-oncall@example.com"]
  service  = "console"
  rollback = "auto"
}
