# Certificates for customers and for public endpoints of the region.
flock "certificate-authority" {
  owners   = ["trust@example.com"]
  notify   = ["trust-oncall@example.com"]
  service  = "certificate-authority"
  rollback = "auto"
}
