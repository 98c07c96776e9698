import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type DesiredNode } from '#libs/releases/contract';
import { OperationAttemptFailed } from '../../contract/index.js';
import { Ledger, SimulatedExecutor } from './index.js';

const desired = (attributes: Record<string, string>, digest = JSON.stringify(attributes)): DesiredNode => ({
  node: 'sea/target/dns/sea/infrastructure_component.zone',
  region: 'sea',
  environment: 'target',
  flock: 'dns',
  version: '1',
  target: 'sea',
  address: 'infrastructure_component.zone',
  type: 'infrastructure_component',
  executor: 'simulated',
  digest,
  attributes,
  artifact: null,
  publishes: null,
});

describe('the simulated executor', () => {
  let folder: string;
  let path: string;
  let ledger: Ledger;
  const signal = new AbortController().signal;
  const executor = (failureRate = 0) => new SimulatedExecutor(ledger, { durationMs: [0, 1], failureRate });
  const lines = () => readFileSync(path, 'utf8').split('\n').filter(Boolean);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cios-ledger-'));
    path = join(folder, 'world/ledger.jsonl');
    ledger = await Ledger.open(path);
  });
  afterEach(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true });
  });

  const carryOut = async (on: SimulatedExecutor, node: DesiredNode, key: string, attempt = 1) => {
    const plan = await on.plan(node, await on.read(node));
    return { plan, ...(await on.apply(plan, { key, attempt, desired: node, signal })) };
  };

  it('creates, updates, and finds nothing to do', async () => {
    const simulated = executor();
    const created = await carryOut(simulated, desired({ suffix: 'a' }), 'k1');
    const updated = await carryOut(simulated, desired({ suffix: 'b' }), 'k2');
    const same = await carryOut(simulated, desired({ suffix: 'b' }), 'k3');
    expect([created.plan.action, updated.plan.action, same.plan.action]).toEqual([
      'create',
      'update',
      'none',
    ]);
    expect(updated.plan.changes).toEqual([{ path: 'suffix', from: 'a', to: 'b' }]);
    expect(updated.outputs).toEqual(created.outputs);
    expect(lines()).toHaveLength(2);
  });

  it('answers a known key with its result, also at once and after a restart', async () => {
    const simulated = executor();
    const node = desired({ suffix: 'a' });
    const plan = await simulated.plan(node, null);
    const apply = () => simulated.apply(plan, { key: 'k', attempt: 1, desired: node, signal });
    const [a, b] = await Promise.all([apply(), apply()]);
    await ledger.close();
    ledger = await Ledger.open(path);
    const c = await new SimulatedExecutor(ledger, { durationMs: [0, 1] }).apply(plan, {
      key: 'k',
      attempt: 2,
      desired: node,
      signal,
    });
    expect(b).toEqual(a);
    expect(c).toEqual(a);
    expect(lines()).toHaveLength(1);
  });

  it('leaves no line for a failed attempt, and fails by key and attempt', async () => {
    const simulated = executor(0.5);
    const outcome = async (key: string, attempt: number) => {
      try {
        await carryOut(simulated, desired({ key }, key), key, attempt);
        return 'done';
      } catch (error) {
        expect(error).toBeInstanceOf(OperationAttemptFailed);
        return 'failed';
      }
    };
    const outcomes = [];
    for (let i = 0; i < 20; i++) outcomes.push(await outcome(`k${i}`, 1));
    expect(outcomes).toContain('done');
    expect(outcomes).toContain('failed');
    expect(lines().length).toBe(outcomes.filter((o) => o === 'done').length);
  });

  it('reads on in order while many read and write at once', async () => {
    const simulated = executor();
    const nodes = Array.from({ length: 40 }, (_, i) => ({
      ...desired({ i: `${i}` }),
      address: `infrastructure_component.n${i}`,
    }));
    await Promise.all(nodes.map((node, i) => carryOut(simulated, node, `k${i}`)));
    const actual = await Promise.all(nodes.map((node) => simulated.read(node)));
    expect(actual.map((a) => a?.attributes)).toEqual(nodes.map((n) => n.attributes));
    expect(ledger.size).toBe(40);
  });

  it('cuts off a torn last line and keeps the rest', async () => {
    await carryOut(executor(), desired({ suffix: 'a' }), 'k1');
    await ledger.close();
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"key":"torn`);
    ledger = await Ledger.open(path);
    await carryOut(executor(), desired({ suffix: 'b' }), 'k2');
    expect(lines().map((l) => (JSON.parse(l) as { key: string }).key)).toEqual(['k1', 'k2']);
  });
});
