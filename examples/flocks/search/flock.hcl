# Managed search clusters.
flock "search" {
  owners   = ["data@example.com"]
  notify   = ["data-oncall@example.com"]
  service  = "search"
  rollback = "auto"
}
