# A terminal in the console.
flock "cloud-shell" {
  owners   = ["platform@example.com"]
  notify   = ["platform-oncall@example.com"]
  service  = "cloud-shell"
  rollback = "auto"
}
