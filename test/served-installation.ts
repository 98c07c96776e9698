import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// Loaded here: two first imports of a native module at once are more than the test runner can do.
import '#libs/event-store/adapters/embedded';
import '#libs/read-store/adapters/embedded';
import { Client } from '../apps/cios/src/cli/client.js';
import { type Server, startServer } from '../apps/cios/src/server/index.js';

/** A server in this process on a folder of its own, with flocks beside its data; operations neither take time nor fail. */
export class ServedInstallation {
  private readonly env = { ...process.env };
  readonly folder: string;
  private server!: Server;
  client!: Client;

  private constructor(name: string) {
    this.folder = mkdtempSync(join(tmpdir(), `cios-${name}-`));
  }

  /** `flocks`: the text of each one's config, by its name; they lie in `flocks` below `folder`, the data in `data`. */
  static async start(name: string, flocks: Readonly<Record<string, string>>): Promise<ServedInstallation> {
    const served = new ServedInstallation(name);
    Object.assign(process.env, { CIOS_SIMULATION_MS: '0-1', CIOS_SIMULATION_FAILURES: '0' });
    for (const [flock, text] of Object.entries(flocks)) {
      mkdirSync(join(served.folder, 'flocks', flock), { recursive: true });
      writeFileSync(join(served.folder, 'flocks', flock, 'flock.hcl'), text);
    }
    await served.serve();
    return served;
  }

  get address(): Pick<Server, 'url' | 'token'> {
    return this.server;
  }

  async restart(): Promise<void> {
    await this.server.close();
    await this.serve();
  }

  async stop(): Promise<void> {
    await this.server.close();
    process.env = this.env;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async serve(): Promise<void> {
    this.server = await startServer({ data: join(this.folder, 'data'), port: 0 });
    this.client = new Client(this.server);
  }
}
