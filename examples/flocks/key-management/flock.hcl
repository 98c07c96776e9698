# Keys and vaults. Its agent needs nothing of identity; its vaults do.
flock "key-management" {
  owners   = ["security@example.com"]
  notify   = ["security-oncall@example.com"]
  service  = "key-management"
  rollback = "auto"
}
