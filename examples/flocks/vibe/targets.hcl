# Staged in the overlay of a host region before the region itself exists: chosen by its ViBE, whatever its state.
locals {
  staged = [for r in local.all_regions : r if r.ViBE_region != null]
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
