# Recorded access for operators.
flock "bastion" {
  owners   = ["security@example.com"]
  notify   = ["security-oncall@example.com"]
  service  = "bastion"
  rollback = "auto"
}
