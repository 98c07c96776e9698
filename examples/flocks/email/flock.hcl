# Outgoing mail.
flock "email" {
  owners   = ["messaging@example.com"]
  notify   = ["messaging-oncall@example.com"]
  service  = "email"
  rollback = "auto"
}
