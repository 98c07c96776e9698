# Names. Runs in the ViBE first and moves to the region, where its records are migrated before the cut-over.
flock "dns" {
  owners   = ["dns@example.com"]
  notify   = ["dns-oncall@example.com"]
  service  = "dns"
  rollback = "auto"
}
