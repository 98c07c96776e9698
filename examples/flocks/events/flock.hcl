# Routes what happened to whoever asked.
flock "events" {
  owners   = ["messaging@example.com"]
  notify   = ["messaging-oncall@example.com"]
  service  = "events"
  rollback = "auto"
}
