import { type AttributeSpec, type BlockSpec, type NestedBlockSpec } from './block-schema.js';

const repetition: Readonly<Record<string, AttributeSpec>> = {
  count: { type: 'number', compileTime: true, doc: 'How many instances; `count.index` counts from 0.' },
  for_each: {
    type: 'any',
    compileTime: true,
    doc: 'A map, object or set of strings: one instance per key; `each.key` and `each.value`.',
  },
};

const dependsOn: Readonly<Record<string, AttributeSpec>> = {
  depends_on: {
    type: 'references',
    doc: 'Resources and capabilities that must be done before, beyond those that attributes refer to.',
  },
};

const resource: Readonly<Record<string, AttributeSpec>> = {
  ...repetition,
  ...dependsOn,
  executor: {
    type: 'string',
    compileTime: true,
    doc: "Who carries it out; by default the flock's executor.",
  },
};

const environment: AttributeSpec = {
  type: 'string',
  oneOf: ['vibe', 'target'],
  default: 'target',
  compileTime: true,
  doc: 'Where it stands: in the region itself (`target`) or in its virtual bootstrap environment (`vibe`).',
};

const lifecycle: NestedBlockSpec = {
  doc: 'As in Terraform.',
  attributes: {
    prevent_destroy: {
      type: 'bool',
      default: false,
      compileTime: true,
      doc: 'A plan that would delete it is refused.',
    },
    ignore_changes: { type: 'any', doc: 'Names of attributes whose changes are not carried out, or `all`.' },
  },
};

const breakCycle: NestedBlockSpec = {
  doc: 'Created first without the named dependencies, then brought to its final form.',
  attributes: {
    without: {
      type: 'references',
      required: true,
      doc: 'Dependencies that the provisional form does without.',
    },
    then: {
      type: 'string',
      oneOf: ['update', 'recreate'],
      default: 'update',
      compileTime: true,
      doc: 'How it gets its final form.',
    },
  },
};

const resourceBlocks = { lifecycle, break_cycle: breakCycle };

const check: NestedBlockSpec = {
  doc: 'What must hold; its attributes are for the executor that probes.',
  attributes: {},
  open: true,
};

/** Every block of a flock config: what it takes, by default what, and why. The one source of validation and of the reference. */
export const flockSchema: readonly BlockSpec[] = [
  {
    keyword: 'flock',
    labels: ['name'],
    stage: 'both',
    doc: 'Who owns the flock (one service with all its infrastructure and artifacts) and how it behaves. Exactly one.',
    example: `flock "dns" {
  owners   = ["dns@example.com"]
  notify   = ["dns-oncall@example.com"]
  rollback = "auto"
}`,
    attributes: {
      owners: { type: 'strings', required: true, doc: 'Whom findings, approvals and notifications go to.' },
      notify: { type: 'strings', default: [], doc: 'Who else is told.' },
      service: { type: 'string', doc: "Name of the service; by default the flock's." },
      executor: { type: 'string', default: 'simulated', doc: 'Executor of resources that name none.' },
      rollback: {
        type: 'string',
        oneOf: ['auto', 'manual', 'none'],
        default: 'auto',
        doc: 'What happens when health degrades after a release.',
      },
      description: { type: 'string', doc: 'For people.' },
    },
  },
  {
    keyword: 'resource',
    type: 'release_phase',
    labels: ['type', 'label'],
    stage: 'targets',
    doc: 'An ordered group of targets: within a region in a build, across regions only in a roll-out.',
    example: `resource "release_phase" "bootstrap" {
  name       = "bootstrap"
  production = false
}`,
    attributes: {
      name: { type: 'string', required: true, compileTime: true, doc: 'By which targets name it.' },
      realm: { type: 'string', compileTime: true, doc: 'The realm whose regions it is for.' },
      production: {
        type: 'bool',
        default: false,
        compileTime: true,
        doc: 'Whether its regions serve customers.',
      },
      after: { type: 'strings', default: [], compileTime: true, doc: 'Names of phases that come before.' },
      approval: {
        type: 'bool',
        default: false,
        compileTime: true,
        doc: 'Releases of this phase wait for a person.',
      },
    },
  },
  {
    keyword: 'resource',
    type: 'execution_target',
    labels: ['type', 'label'],
    stage: 'targets',
    doc: 'One instance of the service: the smallest unit that a release acts on. Its attributes are `local.execution_target` where its resources are compiled.',
    example: `resource "execution_target" "bootstrap" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" }
  name     = each.key
  region   = each.value
  phase    = release_phase.bootstrap.name
}`,
    attributes: {
      ...repetition,
      name: {
        type: 'string',
        required: true,
        compileTime: true,
        doc: 'Unique within region, environment and flock.',
      },
      region: {
        type: 'region',
        required: true,
        compileTime: true,
        doc: 'A region by either name, or an entry of `local.all_regions`.',
      },
      availability_domain: {
        type: 'string',
        compileTime: true,
        doc: 'Where it stands, if not in the whole region.',
      },
      place: {
        type: 'string',
        compileTime: true,
        doc: 'An execution target of the region data (data centre, device group), by name.',
      },
      environment,
      phase: { type: 'string', compileTime: true, doc: 'Name of its release phase.' },
      tenancy_id: { type: 'string', doc: 'Tenancy that its resources belong to.' },
    },
    open: true,
  },
  {
    keyword: 'data',
    type: 'capability',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Needs a capability. Whoever refers to it waits for it; its `outputs` are known when its publisher is done.',
    example: `data "capability" "network" {
  name = "network"
}`,
    attributes: {
      ...repetition,
      name: {
        type: 'string',
        required: true,
        compileTime: true,
        doc: 'The capability, as its publisher writes it.',
      },
      region: { type: 'region', compileTime: true, doc: 'Another region; by default this one.' },
      environment: {
        type: 'string',
        oneOf: ['vibe', 'target', 'host'],
        compileTime: true,
        doc: "By default the ViBE's where that declares it, else the target's; `host` is the target environment of the ViBE's host region.",
      },
    },
  },
  {
    keyword: 'resource',
    type: 'capability',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Published when what it depends on is done and its probe holds.',
    example: `resource "capability" "dns" {
  name       = "dns"
  depends_on = [artifact_deployment.resolver]
  probe {
    query = "health.\${local.region.name}"
  }
}`,
    attributes: {
      ...repetition,
      ...dependsOn,
      name: {
        type: 'string',
        required: true,
        compileTime: true,
        doc: 'Unique within region and environment.',
      },
      partial: {
        type: 'bool',
        default: false,
        compileTime: true,
        doc: 'Published before the service is complete.',
      },
      outputs: { type: 'map', doc: 'What those who need it can read.' },
      executor: { type: 'string', compileTime: true, doc: "Who probes; by default the flock's executor." },
    },
    blocks: { ...resourceBlocks, probe: check },
  },
  {
    keyword: 'resource',
    type: 'infrastructure_component',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Provisioned. With `kind = "terraform_module"` an existing root module runs unchanged: one module, one node, one state.',
    example: `resource "infrastructure_component" "server" {
  count      = 2
  kind       = "virtual_machine"
  shape      = "small"
  depends_on = [data.capability.network]
}`,
    attributes: {
      ...resource,
      kind: {
        type: 'string',
        required: true,
        compileTime: true,
        doc: 'What it is: `virtual_machine`, `terraform_module`, …',
      },
      source: { type: 'string', doc: 'Of a `terraform_module`: where its root module is.' },
      inputs: { type: 'map', doc: 'Of a `terraform_module`: its variables.' },
    },
    blocks: resourceBlocks,
    open: true,
  },
  {
    keyword: 'resource',
    type: 'artifact_deployment',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'An artifact deployed onto components; its version comes from the version set.',
    example: `resource "artifact_deployment" "resolver" {
  artifact   = "resolver"
  components = [infrastructure_component.server]
  config     = { region = local.region.name }
  health {
    path = "/healthz"
  }
}`,
    attributes: {
      ...resource,
      artifact: {
        type: 'string',
        required: true,
        compileTime: true,
        doc: "Name of one of the flock's artifacts.",
      },
      components: { type: 'references', required: true, doc: 'What it is deployed onto.' },
      config: { type: 'any', doc: 'Handed to what is deployed.' },
    },
    blocks: { ...resourceBlocks, health: check },
  },
  {
    keyword: 'resource',
    type: 'connection',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Joins the ViBE and the target region.',
    example: `resource "connection" "tunnel" {
  kind = "ipsec"
}`,
    attributes: { ...resource, kind: { type: 'string', compileTime: true, doc: '`vpn`, `ipsec`, …' } },
    blocks: resourceBlocks,
    open: true,
  },
  {
    keyword: 'resource',
    type: 'data_migration',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Moves data, mostly from the ViBE to the region.',
    example: `resource "data_migration" "zones" {
  from       = "vibe"
  to         = infrastructure_component.server[0].id
  depends_on = [connection.tunnel]
}`,
    attributes: {
      ...resource,
      from: { type: 'any', doc: 'Where the data is.' },
      to: { type: 'any', doc: 'Where it goes.' },
    },
    blocks: resourceBlocks,
    open: true,
  },
  {
    keyword: 'resource',
    type: 'service_endpoint',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Two nodes: serve, and cut over after the migration.',
    example: `resource "service_endpoint" "dns" {
  service = "dns"
  from    = "vibe"
  to      = artifact_deployment.resolver.id
  after   = [data_migration.zones]
}`,
    attributes: {
      ...resource,
      service: { type: 'string', compileTime: true, doc: 'What is served.' },
      from: { type: 'any', doc: 'Where it is served at first.' },
      to: { type: 'any', doc: 'Where it is served in the end.' },
      after: { type: 'references', doc: 'What the cut-over waits for.' },
    },
    blocks: resourceBlocks,
    open: true,
  },
  {
    keyword: 'resource',
    type: 'integration_test',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Must pass; part of the health of the service.',
    example: `resource "integration_test" "resolves" {
  description = "Names of this region resolve"
  depends_on  = [artifact_deployment.resolver]
}`,
    attributes: { ...resource, description: { type: 'string', doc: 'What it shows.' } },
    blocks: resourceBlocks,
    open: true,
  },
  {
    keyword: 'resource',
    type: 'alarm',
    labels: ['type', 'label'],
    stage: 'resources',
    doc: 'Watches the service after it is deployed.',
    example: `resource "alarm" "errors" {
  description = "More than one answer in a hundred fails"
  depends_on  = [artifact_deployment.resolver]
}`,
    attributes: { ...resource, description: { type: 'string', doc: 'What it tells.' } },
    blocks: resourceBlocks,
    open: true,
  },
  {
    keyword: 'moved',
    labels: [],
    stage: 'resources',
    doc: 'A resource goes on under another address, as in Terraform.',
    example: `moved {
  from = infrastructure_component.host
  to   = infrastructure_component.server
}`,
    attributes: {
      from: { type: 'references', required: true, doc: 'Its former address.' },
      to: { type: 'references', required: true, doc: 'Its address from now on.' },
    },
  },
  {
    keyword: 'removed',
    labels: [],
    stage: 'resources',
    doc: 'A resource is no longer managed, as in Terraform.',
    example: `removed {
  from = infrastructure_component.cache
  lifecycle {
    destroy = false
  }
}`,
    attributes: { from: { type: 'references', required: true, doc: 'Its former address.' } },
    blocks: {
      lifecycle: {
        doc: 'As in Terraform.',
        attributes: {
          destroy: { type: 'bool', default: true, compileTime: true, doc: 'Whether it is destroyed too.' },
        },
      },
    },
  },
  {
    keyword: 'import',
    labels: [],
    stage: 'resources',
    doc: 'Something that exists becomes this resource, as in Terraform.',
    example: `import {
  to = connection.tunnel
  id = "tunnel-1"
}`,
    attributes: {
      to: { type: 'references', required: true, doc: 'The resource.' },
      id: { type: 'string', required: true, compileTime: true, doc: 'What the executor knows it by.' },
    },
  },
];

const byKind = new Map(flockSchema.map((spec) => [`${spec.keyword}/${spec.type ?? ''}`, spec]));

export function specOf(keyword: string, type = ''): BlockSpec | undefined {
  return byKind.get(`${keyword}/${type}`);
}

/** Types of `resource` blocks; each is also the root of references to them. */
export const resourceTypes: readonly string[] = flockSchema.flatMap((s) =>
  s.keyword === 'resource' && s.type ? [s.type] : [],
);

/** Blocks that say how a resource is handled, not what it is. */
export const handling: ReadonlySet<string> = new Set(Object.keys(resourceBlocks));

/** Attributes that say how often and when, not what: they are no part of a resource's attributes. */
export const metaAttributes: ReadonlySet<string> = new Set(['count', 'for_each', 'depends_on', 'executor']);
