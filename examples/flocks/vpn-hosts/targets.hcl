locals {
  connected = [for r in local.all_regions : r if r.ViBE_region != null && (r.state == "Building" || r.state == "Production" || r.state == "Paused")]
}

resource "release_phase" "edge" {
  name = "edge"
}

resource "execution_target" "edge" {
  for_each = { for r in local.connected : r.name => r }
  name     = each.key
  region   = each.value
  phase    = release_phase.edge.name
}
