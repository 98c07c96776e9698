# What was used, by the hour.
flock "usage-metering" {
  owners   = ["commerce@example.com"]
  notify   = ["commerce-oncall@example.com"]
  service  = "usage-metering"
  rollback = "auto"
}
