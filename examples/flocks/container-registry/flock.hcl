# Images, kept in object storage.
flock "container-registry" {
  owners   = ["containers@example.com"]
  notify   = ["containers-oncall@example.com"]
  service  = "container-registry"
  rollback = "auto"
}
