# Analytics over object storage.
flock "data-warehouse" {
  owners   = ["data@example.com"]
  notify   = ["data-oncall@example.com"]
  service  = "data-warehouse"
  rollback = "auto"
}
