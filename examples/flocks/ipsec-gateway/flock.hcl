# The gateway on a bare-metal asset in the region, reached out of band at first (column 17).
flock "ipsec-gateway" {
  owners   = ["edge-network@example.com"]
  notify   = ["edge-network-oncall@example.com"]
  service  = "ipsec-gateway"
  rollback = "auto"
}
