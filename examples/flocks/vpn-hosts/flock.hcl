# Hosts at which the tunnels from the ViBE end. Nothing else of the region starts before they are up.
flock "vpn-hosts" {
  owners   = ["edge-network@example.com"]
  notify   = ["edge-network-oncall@example.com"]
  service  = "vpn-hosts"
  rollback = "auto"
}
