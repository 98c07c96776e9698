locals {
  served  = [for r in local.all_regions : r.name if r.state == "Building" || r.state == "Production" || r.state == "Paused"]
  domains = [for ad in local.availability_domains : ad if contains(local.served, ad.region)]
}

resource "release_phase" "domains" {
  name = "domains"
}

resource "execution_target" "domains" {
  for_each            = { for ad in local.domains : ad.name => ad }
  name                = each.key
  region              = each.value.region
  availability_domain = each.key
  phase               = release_phase.domains.name
}
