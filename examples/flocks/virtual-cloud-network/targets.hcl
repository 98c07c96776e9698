locals {
  served = [for r in local.all_regions : r.name if r.state == "Building" || r.state == "Production" || r.state == "Paused"]
  places = [for et in local.execution_targets : et if contains(local.served, et.region)]
}

resource "release_phase" "places" {
  name = "places"
}

resource "execution_target" "places" {
  for_each            = { for et in local.places : et.name => et }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.places.name
}
