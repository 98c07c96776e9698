import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refuse, Refused } from '#libs/kernel';

/** How far a demo has come: enough to go on after it was killed at any moment. Whatever events tell is not in it. */
export interface DemoState {
  /** Every command's Idempotency-Key begins with it. */
  readonly id: string;
  /** Process that serves the folder. */
  readonly server?: number;
  readonly build?: string;
  /** Position up to which events were shown, decimal. */
  readonly targetAvailable?: boolean;
  /** Revision of region data that has the added execution target. */
  readonly added?: string;
  /** Keys in the ledger before the server was killed, and whether it has been. */
  readonly kill?: { readonly keys: readonly string[]; readonly done: boolean };
  /** Positions around the edit in Production, and its revision. */
  readonly edit?: { readonly from: string; readonly revision?: string };
  readonly update?: string;
  readonly to?: string;
}

const FILE = 'demo.json';

/** The state of the demo in a folder, on the disk before the next step begins. */
export class DemoProgress {
  private constructor(
    private readonly folder: string,
    private current: DemoState,
  ) {}

  /** An empty folder, or one that a demo left; refuses `demo/folder-in-use` on any other, so that nobody's data are lost. */
  static afresh(folder: string, shown: string): DemoProgress {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      if (!existsSync(join(folder, FILE)))
        throw new Refused(
          refuse('demo/folder-in-use', `${shown} holds something that no demo made`, {
            fix: 'name an empty folder with --data DIR: a demo starts afresh',
          }),
        );
      // The state goes last: a demo that is killed meanwhile still finds a folder of its own.
      for (const name of readdirSync(folder))
        if (name !== FILE) rmSync(join(folder, name), { recursive: true, force: true });
    }
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const progress = new DemoProgress(folder, { id: `demo-${randomUUID().slice(0, 8)}` });
    progress.save({});
    return progress;
  }

  /** Null where no demo ever began in the folder. */
  static of(folder: string): DemoProgress | null {
    const path = join(folder, FILE);
    return existsSync(path)
      ? new DemoProgress(folder, JSON.parse(readFileSync(path, 'utf8')) as DemoState)
      : null;
  }

  get state(): DemoState {
    return this.current;
  }

  save(more: Partial<DemoState>): void {
    this.current = { ...this.current, ...more };
    const draft = join(this.folder, `${FILE}.draft`);
    writeFileSync(draft, JSON.stringify(this.current));
    renameSync(draft, join(this.folder, FILE));
  }

  /** Of one step's command, the same after every resumption. */
  key(step: string): string {
    return `${this.current.id}/${step}`;
  }
}
