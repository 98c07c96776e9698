# Wide-column tables.
flock "nosql" {
  owners   = ["data@example.com"]
  notify   = ["data-oncall@example.com"]
  service  = "nosql"
  rollback = "auto"
}
