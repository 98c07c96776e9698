# Volumes, replicated across places.
flock "block-storage" {
  owners   = ["storage@example.com"]
  notify   = ["storage-oncall@example.com"]
  service  = "block-storage"
  rollback = "auto"
}
