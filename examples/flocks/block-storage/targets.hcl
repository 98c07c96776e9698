locals {
  served    = [for r in local.all_regions : r.name if r.state == "Building" || r.state == "Production" || r.state == "Paused"]
  places    = [for et in local.execution_targets : et if contains(local.served, et.region)]
  places_of = { for et in local.places : et.region => et.name... }
}

# The first place of each region is the pilot; the others follow when it is done.
resource "release_phase" "pilot" {
  name = "pilot"
}

resource "release_phase" "fleet" {
  name  = "fleet"
  after = [release_phase.pilot.name]
}

resource "execution_target" "pilot" {
  for_each            = { for et in local.places : et.name => et if index(local.places_of[et.region], et.name) == 0 }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.pilot.name
}

resource "execution_target" "fleet" {
  for_each            = { for et in local.places : et.name => et if index(local.places_of[et.region], et.name) > 0 }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.fleet.name
}
