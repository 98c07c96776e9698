import { describe, expect, it } from '@jest/globals';
import { BuildGraph } from '#libs/build-graph';
import { type Json } from '#libs/kernel';
import { type NodePlan, type PlannedGraph } from '../contract/index.js';
import { currentDigest } from './current-digest.js';
import { doneNodes, type NodeResult, outputsRead } from './done-nodes.js';

const place = { region: 'sea', environment: 'target', flock: 'f', target: 't' };
const plan = (digest: string, ...reads: readonly (readonly [string, string, string])[]): NodePlan => ({
  version: '1',
  type: 'infrastructure_component',
  executor: 'simulated',
  digest,
  outputsRead: reads.map(([node, from, path]) => ({ node, from, path })),
  publishes: null,
});
const plans: Readonly<Record<string, NodePlan>> = {
  db: plan('db'),
  app: plan('app', ['db', 'db', 'outputs.ip'], ['dns', 'capability:dns', 'outputs.zone']),
};
const graph = new BuildGraph(
  [
    { id: 'db', kind: 'resource', ...place },
    { id: 'app', kind: 'resource', ...place },
    { id: 'dns', kind: 'capability', ...place, flock: '', target: '' },
  ],
  [
    { from: 'db', to: 'app', kind: 'reference' },
    { from: 'dns', to: 'app', kind: 'capability' },
  ],
);
const planned = { plans } as PlannedGraph;
const standing = (node: string): NodeResult => ({
  digest: currentDigest(plans[node]!, () => ({}))!,
  outputs: {},
  supplied: null,
});
/** Nodes of the baseline, where nothing else is said; `dns` gives a zone that was not known then. */
const record = (
  results: Readonly<Record<string, NodeResult>> = {},
  dns: Readonly<Record<string, Json>> = {},
) => {
  const all = new Map(Object.entries({ db: standing('db'), app: standing('app'), ...results }));
  return {
    result: (node: string) => all.get(node),
    capability: (id: string) => (id === 'dns' ? dns : undefined),
    baseline: { capabilities: { dns: ['zone'] } },
  };
};
const done = (...of: Parameters<typeof record>) => [...doneNodes(graph, planned, record(...of))].sort();
const all = ['app', 'db', 'dns'];
const v1 = { ip: '10.0.0.1' };

describe('what stands as a baseline has it', () => {
  it('is done', () => {
    expect(done()).toEqual(all);
  });

  it('is not done where it was compiled to something else', () => {
    expect(done({ db: { digest: 'older', outputs: {}, supplied: null } })).toEqual(['dns']);
  });

  it('stays done when outputs of the baseline are supplied, and is not when they change after that', () => {
    expect(done({ db: { digest: 'db', outputs: v1, supplied: v1 } })).toEqual(all);
    expect(done({}, { zone: 'z1' })).toEqual(all);
    expect(done({ db: { digest: 'db', outputs: { ip: '10.0.0.2' }, supplied: v1 } })).toEqual(['db', 'dns']);
  });

  it('reads what is known; what is not is left out, or stands as unknown', () => {
    expect(outputsRead(plans['app']!, record())).toEqual({
      'capability:dns': { zone: { $unknown: ['capability:dns.outputs.zone'] } },
    });
    const supplied = record({ db: { digest: 'db', outputs: v1, supplied: v1 } }, { zone: 'z1', port: 53 });
    expect(outputsRead(plans['app']!, supplied)).toEqual({
      db: v1,
      'capability:dns': { zone: 'z1', port: 53 },
    });
  });
});

describe('what was carried out', () => {
  it('is done at the digest that its predecessors’ outputs give it', () => {
    const db = { digest: 'db', outputs: v1 };
    const digest = currentDigest(plans['app']!, (node) => (node === 'db' ? v1 : {}))!;
    expect(done({ db, app: { digest, outputs: {} } })).toEqual(all);
    expect(done({ db: { ...db, outputs: {} }, app: { digest, outputs: {} } })).toEqual(['db', 'dns']);
  });
});
