# The front door of every public API.
flock "api-gateway" {
  owners   = ["traffic@example.com"]
  notify   = ["traffic-oncall@example.com"]
  service  = "api-gateway"
  rollback = "auto"
}
