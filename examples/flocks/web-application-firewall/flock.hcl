# Filters in front of load balancers.
flock "web-application-firewall" {
  owners   = ["traffic@example.com"]
  notify   = ["traffic-oncall@example.com"]
  service  = "web-application-firewall"
  rollback = "auto"
}
