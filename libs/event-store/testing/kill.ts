import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openEmbeddedEventStore } from '../adapters/embedded/index.js';
import { LogCheck, promisesIn } from './log-check.js';

export interface KillOptions {
  readonly folder: string;
  readonly rounds: number;
  readonly seed: number;
  /** Called after each round. */
  readonly report?: (round: number, findings: KillFindings) => void;
}

export interface KillFindings {
  readonly rounds: number;
  readonly events: number;
  readonly acknowledged: number;
  /** What was promised and did not hold, in words. */
  readonly problems: readonly string[];
}

/**
 * Starts a writer, kills it with -9 at a seeded moment, opens the store and checks it; `rounds` times on one folder. Every
 * acknowledged event must be there once and at its position, the log without gaps, the chains intact, and no command half there.
 */
export async function killWriters({ folder, rounds, seed, report }: KillOptions): Promise<KillFindings> {
  mkdirSync(folder, { recursive: true });
  const store = join(folder, 'events');
  const random = mulberry32(seed);
  const problems: string[] = [];
  const log = new LogCheck();
  let acknowledged = 0;
  const findings = (): KillFindings => ({
    rounds,
    events: log.events,
    acknowledged,
    problems,
  });
  for (let round = 0; round < rounds; round += 1) {
    const answers = join(folder, `answers-${round}`);
    const how = await writeUntilKilled(store, round, answers, 30 + random() * 400);
    if (how !== 'SIGKILL') problems.push(`round ${round}: the writer ended by itself (${how})`);
    const promised = promisesIn(readFileSync(answers, 'latin1'));
    acknowledged += promised.size;
    const opened = await openEmbeddedEventStore({ folder: store });
    const options = log.events === 0 ? {} : { after: BigInt(log.events - 1) };
    const found: string[] = [];
    for await (const event of opened.readAll(options)) found.push(...log.add(event, promised));
    found.push(...log.finish(promised));
    problems.push(...found.map((problem) => `round ${round}: ${problem}`));
    for (const { problem, position } of round === rounds - 1 ? opened.scan() : []) {
      if (problem !== undefined) problems.push(`at the end: position ${position}: ${problem}`);
    }
    await opened.close();
    report?.(round, findings());
  }
  return findings();
}

async function writeUntilKilled(folder: string, round: number, answers: string, ms: number): Promise<string> {
  const out = openSync(answers, 'w');
  const child = spawn(process.execPath, [...writer(), folder, String(round)], {
    stdio: ['ignore', out, 'inherit'],
  });
  const ended = new Promise<string>((resolve) => {
    child.on('exit', (code, signal) => {
      resolve(signal ?? `exit ${code}`);
    });
  });
  const until = Date.now() + 20_000;
  while (child.exitCode === null && Date.now() < until && !readFileSync(answers, 'latin1').startsWith('UP'))
    await sleep(5);
  await sleep(ms);
  child.kill('SIGKILL');
  const how = await ended;
  closeSync(out);
  return how;
}

/** Arguments of node that start `kill-writer`. */
export function writer(): string[] {
  if (!import.meta.url.endsWith('.ts')) return [fileURLToPath(new URL('./kill-writer.js', import.meta.url))];
  const loader = new URL('../../../scripts/typescript.mjs', import.meta.url).href;
  return [
    '--conditions',
    'cios-source',
    '--import',
    loader,
    fileURLToPath(new URL('./kill-writer.ts', import.meta.url)),
  ];
}

/** A small seeded generator (Tommy Ettinger's mulberry32), uniform in [0, 1). */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
