import { ProjectionPositions } from '../port/positions.js';
import { type ReadStore } from '../port/read-store.js';
import { ModelCatalogue, newestComplete } from './model-catalogue.js';

/** Milliseconds between two looks at checkpoints of a runner in another process; doubles up to the second figure. */
const pollMs = [4, 32] as const;

/**
 * Where projections stand, read from their checkpoints. A runner in the same process calls `moved` after each commit, and
 * waiters look at once; one in another process is found by polling. A read model counts by its newest complete version.
 */
export class StoredPositions extends ProjectionPositions {
  private readonly catalogue: ModelCatalogue;
  private readonly waiting = new Set<() => void>();

  private moves = 0;

  constructor(private readonly store: ReadStore) {
    super();
    this.catalogue = new ModelCatalogue(store);
  }

  /** Rows and checkpoint of a runner in this process have just been stored. */
  moved(): void {
    this.moves++;
    for (const wake of this.waiting) wake();
  }

  async waitFor(projections: readonly string[], position: bigint, timeoutMs = 2_000): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    let wake: (() => void) | null = null;
    const onMoved = (): void => {
      wake?.();
    };
    this.waiting.add(onMoved);
    try {
      for (let delay: number = pollMs[0]; ; delay = Math.min(delay * 2, pollMs[1])) {
        const before = this.moves;
        const reached = await this.reached();
        if (projections.every((name) => (reached.get(name) ?? -1n) >= position)) return true;
        const left = deadline - performance.now();
        if (left <= 0) return false;
        if (this.moves !== before) continue;
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.min(delay, left));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = null;
      }
    } finally {
      this.waiting.delete(onMoved);
    }
  }

  async reached(): Promise<ReadonlyMap<string, bigint | null>> {
    const entries = await this.catalogue.entries();
    const checkpoints = new Map<string, bigint | null>();
    const reached = new Map<string, bigint | null>();
    for (const name of new Set(entries.map((entry) => entry.name))) {
      const entry = newestComplete(entries, name);
      if (entry === undefined) {
        reached.set(name, null);
        continue;
      }
      if (entry.frozenAt !== null) {
        reached.set(name, BigInt(entry.frozenAt));
        continue;
      }
      if (!checkpoints.has(entry.checkpoint))
        checkpoints.set(entry.checkpoint, (await this.store.checkpoint(entry.checkpoint))?.position ?? null);
      reached.set(name, checkpoints.get(entry.checkpoint) ?? null);
    }
    return reached;
  }
}
