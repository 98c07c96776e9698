# Terraform stacks as a service.
flock "resource-manager" {
  owners   = ["platform@example.com"]
  notify   = ["platform-oncall@example.com"]
  service  = "resource-manager"
  rollback = "auto"
}
