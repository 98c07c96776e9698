# Queues on top of streams.
flock "queue" {
  owners   = ["messaging@example.com"]
  notify   = ["messaging-oncall@example.com"]
  service  = "queue"
  rollback = "auto"
}
