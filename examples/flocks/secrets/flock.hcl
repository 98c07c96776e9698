# Secrets, sealed by key-management.
flock "secrets" {
  owners   = ["security@example.com"]
  notify   = ["security-oncall@example.com"]
  service  = "secrets"
  rollback = "auto"
}
