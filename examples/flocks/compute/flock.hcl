# Virtual machines: one place as a pilot, then the fleet.
flock "compute" {
  owners   = ["compute@example.com"]
  notify   = ["compute-oncall@example.com"]
  service  = "compute"
  rollback = "auto"
}
