import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { captured } from '#libs/command-line/testing';
import { type Client, path } from '../apps/cios/src/cli/client.js';
import { cios } from '../apps/cios/src/cli/program.js';
import { publishFlocks } from '../apps/cios/src/commands/flock/publish-flocks.js';
import { smallRegionData } from '../apps/cios/src/testing/small-fleet.js';
import { ServedInstallation } from './served-installation.js';

const target = (phase: string) => `resource "execution_target" "t" {
  for_each = { for r in local.all_regions : r.name => r if r.state == "Building" || r.state == "Production" }
  name     = each.key
  region   = each.key
${phase}
}`;
/** `guarded` is of a phase that wants approval; `after` needs it, `free` needs nothing. */
const flocks: Readonly<Record<string, string>> = {
  guarded: `flock "guarded" { owners = ["guarded@example.com"] }
resource "release_phase" "careful" {
  name     = "careful"
  approval = true
}
${target('  phase    = release_phase.careful.name')}
resource "infrastructure_component" "guarded" { kind = "vm" }
resource "capability" "guarded" {
  name       = "guarded"
  depends_on = [infrastructure_component.guarded]
}`,
  after: `flock "after" { owners = ["after@example.com"] }
${target('')}
data "capability" "guarded" { name = "guarded" }
resource "infrastructure_component" "after" {
  kind       = "vm"
  depends_on = [data.capability.guarded]
}`,
  free: `flock "free" { owners = ["free@example.com"] }
${target('')}
resource "infrastructure_component" "free" { kind = "vm" }`,
};

let served: ServedInstallation;
let folder: string;
let client: Client;

beforeEach(async () => {
  served = await ServedInstallation.start('approval', flocks);
  ({ folder, client } = served);
});
afterEach(() => served.stop());

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  for (let waited = 0; !(await holds()); waited += 25) {
    if (waited > 20_000) throw new Error('it does not come');
    await sleep(25);
  }
};
const run = async <T>(...args: readonly string[]): Promise<T> => {
  const ran = await captured(cios, [...args, '--data', join(folder, 'data'), '--json']);
  expect(ran).toMatchObject({ code: 0 });
  return ran.json<T>();
};
const effects = () => {
  const file = join(folder, 'data', 'world', 'ledger.jsonl');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  return lines.map((line) => (JSON.parse(line) as { readonly flock: string }).flock).sort();
};
interface Waiting {
  readonly releases: readonly { readonly release: string }[];
}

it('a release of a phase with approval waits for a person, whom a build names, and so does what needs it', async () => {
  await client.post('/v1/region-data/import', { text: smallRegionData }, { ticket: 'CHG-1' });
  await publishFlocks(client, join(folder, 'flocks'), { key: 'publish', set: 'nightly', golden: true });
  const { build } = await client.post<{ readonly build: string }>(
    path`/v1/regions/${'one'}/builds`,
    {},
    { key: 'build', ticket: 'CHG-2' },
  );
  await until(async () => (await run<Waiting>('plan', 'list', '--waiting')).releases.length > 0);
  await until(async () => Promise.resolve(effects().length > 0));

  const waiting = { flock: 'guarded', environment: 'target', owners: ['guarded@example.com'] };
  const { releases } = await run<Waiting>('plan', 'list', '--waiting', '--build', build);
  expect(releases).toEqual([expect.objectContaining(waiting)]);
  expect(await run('build', 'show', build)).toMatchObject({ status: 'open', awaiting: [waiting] });
  const shown = await captured(cios, ['build', 'show', build, '--data', join(folder, 'data')]);
  expect(shown.out).toContain(`waits for approval: ${releases[0]!.release}, by an approver`);
  const watched = captured(cios, ['build', 'watch', build, '--data', join(folder, 'data')]);
  // All that may run has run.
  expect(effects()).toEqual(['free']);

  await run('plan', 'approve', releases[0]!.release, '--ticket', 'CHG-3');
  await until(
    async () => (await run<{ readonly status: string }>('build', 'show', build)).status === 'completed',
  );
  expect((await watched).out).toContain(`, 1 release waits for approval: see cios build show ${build}`);
  expect(effects()).toEqual(['after', 'free', 'guarded']);
  expect(await run('plan', 'list', '--waiting')).toEqual({ releases: [] });
  expect(await run('build', 'show', build)).toMatchObject({ awaiting: [] });
  const decided = await client.all<{ readonly flock: string; readonly approvedBy: string }>('/v1/releases', {
    build,
  });
  expect(Object.fromEntries(decided.map((r) => [r.flock, r.approvedBy]))).toEqual({
    after: 'policy',
    free: 'policy',
    guarded: 'admin',
  });
});

it('a build says that a release of it is rejected and how to go on, and what is cancelled ends', async () => {
  await client.post('/v1/region-data/import', { text: smallRegionData }, { ticket: 'CHG-1' });
  await publishFlocks(client, join(folder, 'flocks'), { key: 'publish', set: 'nightly', golden: true });
  const { build } = await client.post<{ readonly build: string }>(
    path`/v1/regions/${'one'}/builds`,
    {},
    { key: 'build', ticket: 'CHG-2' },
  );
  await until(async () => (await run<Waiting>('plan', 'list', '--waiting')).releases.length > 0);
  const { release } = (await run<Waiting>('plan', 'list', '--waiting')).releases[0]!;
  await run('plan', 'reject', release, '--reason', 'too early', '--ticket', 'CHG-3');
  const rejected = [{ release, flock: 'guarded', reason: 'too early' }];
  await until(
    async () => (await run<{ readonly awaiting: unknown[] }>('build', 'show', build)).awaiting.length === 0,
  );
  expect(await run('build', 'show', build)).toMatchObject({ status: 'open', awaiting: [], rejected });
  const shown = await captured(cios, ['build', 'show', build, '--data', join(folder, 'data')]);
  expect(shown.out).toContain(`rejected: ${release} of guarded, too early`);
  expect(shown.out).toContain(`cios build cancel ${build}`);

  const watched = captured(cios, ['build', 'watch', build, '--data', join(folder, 'data')]);
  await run('build', 'cancel', build, '--ticket', 'CHG-4');
  expect(await watched).toMatchObject({ code: 1 });
  const again = await run<{ readonly build: string }>('build', 'start', 'one', '--ticket', 'CHG-5');
  await until(async () => (await run<Waiting>('plan', 'list', '--waiting')).releases.length > 0);
  expect((await run<Waiting>('plan', 'list', '--waiting', '--build', again.build)).releases).toHaveLength(1);
  await until(async () => Promise.resolve(effects().length > 0));
  // Nothing of what was rejected has run.
  expect(effects()).toEqual(['free']);
});
