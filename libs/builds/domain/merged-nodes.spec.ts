import { describe, expect, it } from '@jest/globals';
import { BuildGraph, type GraphNode } from '#libs/build-graph';
import { mergedNodes } from './merged-nodes.js';

const place = { region: 'sea', environment: 'target', flock: 'f', target: 't' };
const phase = (id: string): GraphNode => ({ ...place, id, kind: 'phase', flock: '', target: '' });
const vm = (digest: string): GraphNode => ({ ...place, id: 'vm', kind: 'resource', digest });
const target: GraphNode = { ...place, id: 't', kind: 'target' };
const graph = (...nodes: readonly GraphNode[]) => new BuildGraph(nodes, []);

describe('what a merge changes', () => {
  it('is nothing where another phase lists the same target', () => {
    expect(
      mergedNodes(graph(phase('building'), target, vm('a')), graph(phase('production'), target, vm('a'))),
    ).toEqual({ nodes: 3, added: 0, removed: 0, changed: 0 });
  });

  it('is every other node that came, went or became another', () => {
    const before = graph(phase('building'), target, vm('a'));
    expect(mergedNodes(BuildGraph.empty, before)).toEqual({ nodes: 3, added: 2, removed: 0, changed: 0 });
    expect(mergedNodes(before, graph(vm('b')))).toEqual({ nodes: 1, added: 0, removed: 1, changed: 1 });
  });
});
