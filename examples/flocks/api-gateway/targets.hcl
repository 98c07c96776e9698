locals {
  served = [for r in local.all_regions : r if r.state == "Building" || r.state == "Production" || r.state == "Paused"]
}

resource "release_phase" "region" {
  name = "region"
}

resource "execution_target" "region" {
  for_each = { for r in local.served : r.name => r }
  name     = each.key
  region   = each.value
  phase    = release_phase.region.name
}
