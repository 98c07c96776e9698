locals {
  bootstrap_regions  = [for region in local.all_regions : region if region.state == "Building"]
  production_regions = [for region in local.all_regions : region if region.state == "Production" || region.state == "Paused"]
}

resource "release_phase" "bootstrap" {
  name       = "bootstrap"
  production = false
}

resource "release_phase" "production" {
  name       = "production"
  production = true
  after      = [release_phase.bootstrap.name]
}

resource "execution_target" "bootstrap" {
  count  = length(local.bootstrap_regions)
  name   = local.bootstrap_regions[count.index].name
  region = local.bootstrap_regions[count.index]
  phase  = release_phase.bootstrap.name
}

resource "execution_target" "production" {
  count  = length(local.production_regions)
  name   = local.production_regions[count.index].name
  region = local.production_regions[count.index]
  phase  = release_phase.production.name
}
