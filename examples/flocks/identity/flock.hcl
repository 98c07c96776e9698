# Principals and policies. Interleaves with key-management: each needs an early capability of the other, so both get several releases.
flock "identity" {
  owners   = ["identity@example.com"]
  notify   = ["identity-oncall@example.com"]
  service  = "identity"
  rollback = "auto"
}
