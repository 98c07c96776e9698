# Relational databases at every place; the pilot place goes first.
flock "database" {
  owners   = ["data@example.com"]
  notify   = ["data-oncall@example.com"]
  service  = "database"
  rollback = "auto"
}
