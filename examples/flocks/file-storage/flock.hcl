# Shared file systems on block volumes.
flock "file-storage" {
  owners   = ["storage@example.com"]
  notify   = ["storage-oncall@example.com"]
  service  = "file-storage"
  rollback = "auto"
}
