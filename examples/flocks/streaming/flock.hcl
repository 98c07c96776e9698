# Streams: brokers in each availability domain.
flock "streaming" {
  owners   = ["messaging@example.com"]
  notify   = ["messaging-oncall@example.com"]
  service  = "streaming"
  rollback = "auto"
}
