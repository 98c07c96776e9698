# Public and private load balancers.
flock "load-balancer" {
  owners   = ["traffic@example.com"]
  notify   = ["traffic-oncall@example.com"]
  service  = "load-balancer"
  rollback = "auto"
}
