# Functions in micro virtual machines.
flock "functions" {
  owners   = ["compute@example.com"]
  notify   = ["compute-oncall@example.com"]
  service  = "functions"
  rollback = "auto"
}
