# CIOS Regional and its workers, one instance in the ViBE and one in the region.
flock "cios-regional" {
  owners   = ["orchestration@example.com"]
  notify   = ["orchestration-oncall@example.com"]
  service  = "cios-regional"
  rollback = "auto"
}
