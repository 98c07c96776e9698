# Objects. Three phases: the most data is put at risk last.
flock "object-storage" {
  owners   = ["storage@example.com"]
  notify   = ["storage-oncall@example.com"]
  service  = "object-storage"
  rollback = "auto"
}
