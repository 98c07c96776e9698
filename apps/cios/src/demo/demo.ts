import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { difference, type Summary } from '#libs/audit';
import { refuse, Refused } from '#libs/kernel';
import { printDifference, withRecord } from '../../../audit/src/index.js';
import { type Output } from '../cli/cli.js';
import { type Answer, path, type Client } from '../cli/client.js';
import { packageRoot } from '../cli/package-root.js';
import { settled } from '../cli/settled.js';
import { progressOf, type BuildRow } from '../commands/build/build-row.js';
import { publishFlocks } from '../commands/flock/publish-flocks.js';
import { printPlan } from '../commands/plan/print-plan.js';
import { type RegionPlan } from '../commands/plan/region-plan.js';
import { DemoLog } from './demo-log.js';
import { type DemoProgress } from './demo-progress.js';
import { type DemoScreen } from './demo-screen.js';
import { DemoServer } from './demo-server.js';
import { ledgerKeys } from './ledger.js';

const region = 'us-seattle-1';
/** Parts of all operations after which the second and the third act begin. */
const [halfWay, killAt] = [0.45, 0.7];
const newSuffix = 'seattle.example';
const stepMs = 120;

export interface DemoFolder {
  /** Absolute, and as commands name it. */
  readonly path: string;
  readonly shown: string;
}

/** What `cios demo --json` ends with. */
export type DemoSummary = Summary & {
  readonly kill: { readonly effectsBefore: number; readonly lost: number; readonly twice: number };
};

/**
 * The five acts, driven through the public API alone. Every step is done under a stable key and noted before the next begins, so a
 * demo that was killed goes on where it was, to the same end.
 */
export class Demo {
  readonly #log: DemoLog;
  #server: DemoServer | null = null;

  constructor(
    private readonly folder: DemoFolder,
    private readonly progress: DemoProgress,
    private readonly screen: DemoScreen,
    private readonly out: Output,
  ) {
    this.#log = new DemoLog(screen);
  }

  async play(): Promise<DemoSummary> {
    const { build } = this.progress.state;
    if (build === undefined)
      this.screen.act(1, `A region is built: ${region}, first in a virtual bootstrap environment`);
    else this.screen.line(`goes on where it was: build ${build}`);
    await this.#up();
    await this.#log.pull(this.#client, true);
    await this.#prepare();
    await this.#build();
    await this.#edit();
    await this.#audit();
    await this.#log.pull(this.#client, true);
    const summary: DemoSummary = { ...this.#log.summary(), kill: this.#killed() };
    await this.stop();
    return summary;
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
    this.#server = null;
  }

  get #client(): Client {
    return this.#server!.client;
  }

  get #at(): string {
    return `--data ${this.folder.shown}`;
  }

  async #up(): Promise<void> {
    this.screen.command(`up ${this.#at}`);
    this.#server = await DemoServer.start(this.folder.path);
    this.progress.save({ server: this.#server.pid });
    this.screen.told(`it serves at ${this.#client.url}`);
  }

  /** Region data and flocks, then the build. */
  async #prepare(): Promise<void> {
    if (this.progress.state.build !== undefined) return;
    const { key, examples } = {
      key: (step: string) => this.progress.key(step),
      examples: join(packageRoot(), 'examples'),
    };
    const shown = relative(process.cwd(), examples) || '.';
    this.screen.command(`region import ${shown}/fleet/region-data.json --ticket CHG-1000 ${this.#at}`);
    const text = readFileSync(join(examples, 'fleet', 'region-data.json'), 'utf8');
    await this.#client.post(
      '/v1/region-data/import',
      { text, filename: 'region-data.json' },
      { key: key('import'), ticket: 'CHG-1000', timeoutMs: 300_000 },
    );

    this.screen.command(`flock publish ${shown}/flocks --golden --ticket CHG-1000 ${this.#at}`);
    const published = await publishFlocks(this.#client, join(examples, 'flocks'), {
      key: key('publish'),
      ticket: 'CHG-1000',
      golden: true,
    });
    const { flocks, artifacts } = published;
    this.screen.told(
      `${Object.keys(flocks).length} flocks, ${Object.keys(artifacts).length} artifacts; golden is ${published.set!.set}@${published.set!.revision}`,
    );

    this.screen.command(`build start ${region} --ticket CHG-1001 ${this.#at}`);
    await this.#log.pull(this.#client, true);
    const known = this.#log.builds().find((b) => b.region === this.#log.internalName(region));
    const { build } = known ?? (await this.#start('build', 'CHG-1001', 'the demo builds it'));
    this.progress.save({ build });
  }

  #start(
    step: string,
    ticket: string,
    reason: string,
    correlation?: string,
  ): Promise<{ readonly build: string }> {
    return this.#client.post<Answer & { readonly build: string }>(
      path`/v1/regions/${region}/builds`,
      { reason },
      {
        key: this.progress.key(step),
        ticket,
        timeoutMs: 300_000,
        ...(correlation !== undefined && { correlation }),
      },
    );
  }

  /** Watches the build to Production, and meanwhile does what the second and third act need. */
  async #build(): Promise<void> {
    const { build } = this.progress.state as { readonly build: string };
    for (;;) {
      await this.#log.pull(this.#client);
      const record = this.#log.builds().find((b) => b.build === build);
      const { state } = this.#log.summary();
      if (record?.status === 'cancelled')
        throw new Refused(
          refuse('demo/build-cancelled', `build ${build} was cancelled`, { fix: 'start afresh: cios demo' }),
        );
      if (record?.status === 'completed' && state === 'Production') break;
      const { done, total } = await this.#howFar(build);
      this.screen.progress(done, total, `${state ?? ''}  ${this.#log.seconds.toFixed(0)} s`);
      const part = total === 0 ? 0 : done / total;
      if (state === 'Building' && this.progress.state.targetAvailable !== true) await this.#makeAvailable();
      else if (
        this.progress.state.targetAvailable === true &&
        part >= halfWay &&
        this.progress.state.added === undefined
      )
        await this.#addTarget(build);
      else if (
        this.progress.state.added !== undefined &&
        part >= killAt &&
        this.progress.state.kill?.done !== true
      )
        await this.#kill();
      await sleep(stepMs);
    }
    this.screen.clear();
    const { seconds, releases, operations, capabilities } = this.#log.summary();
    this.screen.line();
    this.screen.told(
      `${region} is in Production after ${seconds} s: ${releases} releases, ${operations} operations, ${capabilities} capabilities`,
    );
    if (this.progress.state.kill) this.#tellKill();
  }

  /** Nothing yet where the read models have not come so far. */
  async #howFar(build: string): Promise<{ readonly done: number; readonly total: number }> {
    try {
      const after = String(this.#log.position);
      return progressOf(await this.#client.get<BuildRow>(path`/v1/builds/${build}`, { after }));
    } catch (error) {
      if (error instanceof Refused && ['build/unknown', 'query/not-caught-up'].includes(error.refusal.code))
        return { done: 0, total: 0 };
      throw error;
    }
  }

  async #makeAvailable(): Promise<void> {
    this.screen.command(`region edit ${region} --set target_available=true --ticket CHG-1001 ${this.#at}`);
    await this.#client.patch(
      path`/v1/regions/${region}`,
      { set: { target_available: true } },
      { key: this.progress.key('target-available'), ticket: 'CHG-1001' },
    );
    this.progress.save({ targetAvailable: true });
  }

  /** What follows from earlier changes is in, so that all that comes after belongs to the next one. */
  async #settle(): Promise<void> {
    await settled(this.#client, String(this.#log.revision));
    await this.#log.pull(this.#client);
  }

  async #addTarget(build: string): Promise<void> {
    await this.#settle();
    this.screen.act(2, 'Half-way, the region gets one more execution target');
    this.screen.command(
      `region add-target ${region} sea-dc-4 --availability-domain sea-ad-1 --set kind=data_center --ticket CHG-1002 ${this.#at}`,
    );
    const { revision } = await this.#client.post(
      '/v1/execution-targets',
      { region, name: 'sea-dc-4', availability_domain: 'sea-ad-1', attributes: { kind: 'data_center' } },
      { key: this.progress.key('add-target'), ticket: 'CHG-1002' },
    );
    await settled(this.#client, revision);
    const merged = await this.#log.until(this.#client, () =>
      this.#log
        .builds()
        .some((b) => b.build === build && b.merges.some((m) => m.regionData >= BigInt(revision))),
    );
    this.progress.save({ added: revision });
    const { midBuild } = this.#log.summary();
    if (!merged || !midBuild) return;
    const { recompiled, flocks, equal, added, removed, kept, redone } = midBuild;
    this.screen.told(`${recompiled} of ${flocks} flocks recompiled, ${equal} of them to an equal result`);
    this.screen.told(`graph +${added} −${removed}; ${kept} finished nodes kept, ${redone} redone`);
  }

  async #kill(): Promise<void> {
    this.screen.act(3, 'At about 70 % the server is killed');
    const keys = this.progress.state.kill?.keys ?? ledgerKeys(this.folder.path);
    this.progress.save({ kill: { keys, done: false } });
    this.screen.line(`   ${this.out.color.cyan(`$ kill -9 ${this.#server!.pid}`)}`);
    await this.#server!.kill();
    this.screen.told(`${keys.length} effects stand in the world's own ledger`);
    await this.#up();
    this.progress.save({ kill: { keys, done: true } });
  }

  #killed(): DemoSummary['kill'] {
    const keys = ledgerKeys(this.folder.path);
    const now = new Set(keys);
    const before = this.progress.state.kill?.keys ?? [];
    return {
      effectsBefore: before.length,
      lost: before.filter((key) => !now.has(key)).length,
      twice: keys.length - now.size,
    };
  }

  #tellKill(): void {
    const { effectsBefore, lost, twice } = this.#killed();
    this.screen.told(`killed after ${effectsBefore} effects: ${lost} lost, ${twice} happened twice`);
  }

  async #edit(): Promise<void> {
    if (this.progress.state.to !== undefined) return;
    this.screen.act(4, 'In Production, one attribute is edited');
    if (this.progress.state.edit === undefined) {
      await this.#settle();
      this.progress.save({ edit: { from: String(this.#log.position) } });
    }
    const { from } = this.progress.state.edit!;
    const correlation = this.progress.key('edit');
    this.screen.command(
      `region edit ${region} --set dns_suffix=${newSuffix} --ticket CHG-1003 --correlation ${correlation} ${this.#at}`,
    );
    const { revision } = await this.#client.patch(
      path`/v1/regions/${region}`,
      { set: { dns_suffix: newSuffix } },
      { key: this.progress.key('edit'), ticket: 'CHG-1003', correlation },
    );
    this.progress.save({ edit: { from, revision } });
    const { recompiled, unchanged } = await settled(this.#client, revision);
    this.screen.told(
      `${recompiled.length} of ${recompiled.length + unchanged} flocks recompiled: ${recompiled.map((r) => r.flock).join(', ')}`,
    );
    await this.#log.pull(this.#client);
    const internal = this.#log.internalName(region);
    const known = this.#log.builds().find((b) => b.region === internal && b.kind === 'update');
    if (!known) {
      this.screen.command(`plan show ${region} ${this.#at}`);
      const plan = await this.#client.get<RegionPlan>(path`/v1/regions/${region}/plan`);
      if (!this.out.json) printPlan(this.out, plan, 12);
    }
    this.screen.command(
      `build start ${region} --ticket CHG-1003 --correlation ${correlation} --wait ${this.#at}`,
    );
    const { build } =
      known ?? (await this.#start('update', 'CHG-1003', 'dns_suffix was edited', correlation));
    this.progress.save({ update: build });
    const over = await this.#log.until(
      this.#client,
      () => this.#log.builds().some((b) => b.build === build && b.status !== 'open'),
      120_000,
    );
    if (!over)
      throw new Refused(
        refuse('demo/update-not-done', `build ${build} is not done after two minutes`, {
          fix: `look at it: cios up ${this.#at}, then cios build show ${build} ${this.#at}`,
        }),
      );
    const { edit } = this.#log.summary();
    if (edit)
      this.screen.told(
        `${edit.add} added, ${edit.change} changed, ${edit.destroy} destroyed; ${edit.untouched} untouched`,
      );
    this.progress.save({ to: String(this.#log.position) });
  }

  /** An auditor asks the record itself, beside the server that writes it. */
  async #audit(): Promise<void> {
    this.screen.act(5, 'An auditor asks what followed from that edit');
    const { edit, to } = this.progress.state;
    const from = edit!.from;
    this.screen.command(`audit diff --from ${from} --to ${to} ${this.#at}`);
    const found = await withRecord(this.folder.path, process.cwd(), (record) =>
      difference(record.events(), { from: { position: BigInt(from) }, to: { position: BigInt(to!) } }),
    );
    if (this.out.json) this.screen.told(`${found.events} events, ${found.causes.length} causes`);
    else printDifference(this.out, found);
  }
}
