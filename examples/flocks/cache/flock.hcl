# In-memory caches.
flock "cache" {
  owners   = ["data@example.com"]
  notify   = ["data-oncall@example.com"]
  service  = "cache"
  rollback = "auto"
}
