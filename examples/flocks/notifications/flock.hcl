# Topics and subscriptions.
flock "notifications" {
  owners   = ["messaging@example.com"]
  notify   = ["messaging-oncall@example.com"]
  service  = "notifications"
  rollback = "auto"
}
