# Staged in the overlay of a host region before the region itself exists: chosen by its ViBE, whatever its state.
locals {
  staged = [for r in local.all_regions : r if r.ViBE_region != null]
  served = [for r in local.all_regions : r if r.state == "Building" || r.state == "Production" || r.state == "Paused"]
}

resource "release_phase" "vibe" {
  name = "vibe"
}

resource "execution_target" "vibe" {
  for_each    = { for r in local.staged : r.name => r }
  name        = each.key
  region      = each.value
  environment = "vibe"
  phase       = release_phase.vibe.name
}

resource "release_phase" "region" {
  name  = "region"
  after = [release_phase.vibe.name]
}

resource "execution_target" "region" {
  for_each    = { for r in local.served : r.name => r }
  name        = each.key
  region      = each.value
  environment = "target"
  phase       = release_phase.region.name
}
