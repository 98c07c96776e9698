# Certificates for everything that talks to anything: a seed service.
flock "pki" {
  owners   = ["trust@example.com"]
  notify   = ["trust-oncall@example.com"]
  service  = "pki"
  rollback = "auto"
}
