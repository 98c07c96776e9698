flock "hello" { owners = ["hello@example.com"] }
resource "execution_target" "region" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" || r.state == "Production" }
  name     = each.key
  region   = each.value
}

resource "infrastructure_component" "server" {
  kind     = "virtual_machine"
  greeting = "Hello from ${local.region.city}"
}
resource "capability" "hello" {
  name       = "hello"
  depends_on = [infrastructure_component.server]
}
