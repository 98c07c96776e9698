# Allocates the physical resources of each place and publishes the capability that opens the region to core services.
flock "host-provisioning" {
  owners   = ["hardware@example.com"]
  notify   = ["hardware-oncall@example.com"]
  service  = "host-provisioning"
  rollback = "auto"
}
