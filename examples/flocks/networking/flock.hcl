# The underlay. Its targets are those of FIG. 5: bootstrap while a region is being built, production after that.
flock "networking" {
  owners   = ["network-core@example.com"]
  notify   = ["network-core-oncall@example.com"]
  service  = "networking"
  rollback = "auto"
}
