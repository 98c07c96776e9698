# Overlay networks, at every place.
flock "virtual-cloud-network" {
  owners   = ["network-core@example.com"]
  notify   = ["network-core-oncall@example.com"]
  service  = "virtual-cloud-network"
  rollback = "auto"
}
