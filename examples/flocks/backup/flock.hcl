# Backups that nobody can shorten.
flock "backup" {
  owners   = ["storage@example.com"]
  notify   = ["storage-oncall@example.com"]
  service  = "backup"
  rollback = "auto"
}
