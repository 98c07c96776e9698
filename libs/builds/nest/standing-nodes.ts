import { Injectable } from '@nestjs/common';
import { type Json } from '#libs/kernel';
import { NodeRecords, type NodeRow } from '#libs/releases/contract';
import { type Baseline } from '../contract/index.js';
import { type NodeRecord } from '../domain/done-nodes.js';
import { Baselines } from './baselines.js';

/** Everything that stands in a region: what was carried out there, and what its baseline has. */
export interface Standing {
  /** By node id. A node of the baseline that was never carried out is `done`, in no release. */
  readonly rows: ReadonlyMap<string, NodeRow>;
  readonly baseline: Baseline | null;
  /** What decides whether nodes are done; `available`: capabilities by id. */
  record(available: ReadonlyMap<string, Readonly<Record<string, Json>>>): NodeRecord;
}

/** The current state of a region's resources: records of operations, joined with the region's baseline. O(nodes). */
@Injectable()
export class StandingNodes {
  constructor(
    private readonly records: NodeRecords,
    private readonly baselines: Baselines,
  ) {}

  async ofRegion(region: string, after?: string): Promise<Standing> {
    const baseline = await this.baselines.of(region);
    const rows = new Map((await this.records.ofRegion(region, after)).map((row) => [row.node, row]));
    const standing = new Set<string>();
    for (const [node, { digest }] of Object.entries(baseline?.nodes ?? {})) {
      const row = rows.get(node);
      if (row && row.digest !== null) continue;
      standing.add(node);
      rows.set(node, { ...(row ?? untouched(region, node)), digest });
    }
    return {
      rows,
      baseline,
      record: (available) => ({
        result(node) {
          const row = rows.get(node);
          if (row?.digest == null) return undefined;
          const { digest, outputs } = row;
          if (standing.has(node)) return { digest, outputs, supplied: null };
          const isOfBaseline = baseline !== null && node in baseline.nodes;
          return { digest, outputs, ...(isOfBaseline && { supplied: row.firstOutputs }) };
        },
        capability: (id) => available.get(id),
        baseline,
      }),
    };
  }
}

const untouched = (region: string, node: string): NodeRow => ({
  region,
  node,
  status: 'done',
  release: '',
  action: null,
  attempt: 0,
  error: null,
  startedAt: null,
  finishedAt: null,
  digest: null,
  outputs: {},
  firstOutputs: {},
  desired: null,
  current: null,
});
