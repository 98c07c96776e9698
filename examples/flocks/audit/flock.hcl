# Who did what, for seven years.
flock "audit" {
  owners   = ["security@example.com"]
  notify   = ["security-oncall@example.com"]
  service  = "audit"
  rollback = "auto"
}
