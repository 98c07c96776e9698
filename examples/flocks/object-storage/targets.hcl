locals {
  served    = [for r in local.all_regions : r.name if r.state == "Building" || r.state == "Production" || r.state == "Paused"]
  places    = [for et in local.execution_targets : et if contains(local.served, et.region)]
  places_of = { for et in local.places : et.region => et.name... }
}

resource "release_phase" "first" {
  name = "first"
}

resource "release_phase" "second" {
  name  = "second"
  after = [release_phase.first.name]
}

resource "release_phase" "rest" {
  name  = "rest"
  after = [release_phase.second.name]
}

resource "execution_target" "first" {
  for_each            = { for et in local.places : et.name => et if index(local.places_of[et.region], et.name) == 0 }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.first.name
}

resource "execution_target" "second" {
  for_each            = { for et in local.places : et.name => et if index(local.places_of[et.region], et.name) == 1 }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.second.name
}

resource "execution_target" "rest" {
  for_each            = { for et in local.places : et.name => et if index(local.places_of[et.region], et.name) > 1 }
  name                = each.key
  region              = each.value.region
  place               = each.key
  availability_domain = each.value.availability_domain
  phase               = release_phase.rest.name
}
