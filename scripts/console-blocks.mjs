// Fenced blocks `console run` of a page are one session in a fresh folder: lines that begin with `$ ` are run, the lines below
// each are what it must print. `…` stands for anything within a line, a line of `…` alone for any lines; `$ … &` runs on until
// the page ends, `$ cd …` holds for what follows. Blocks marked `console` alone are shown and not run.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const secondsAllowed = 60;

/** The steps of a page's `console run` blocks: where, command, expected text. */
export function consoleBlocks(file) {
  const blocks = [];
  let block = null;
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      if (block === null) {
        if (/^```console run\b/.test(line)) block = { file, steps: [] };
      } else if (line.startsWith('```')) {
        blocks.push(block);
        block = null;
      } else if (line.startsWith('$ ')) {
        block.steps.push({ where: `${file}:${index + 1}`, command: line.slice(2), expected: [] });
      } else {
        block.steps.at(-1)?.expected.push(line);
      }
    });
  return blocks;
}

const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function matches(expected, printed) {
  const pattern = expected
    .map((line) =>
      line.trim() === '…' ? '(?:[^\\n]*\\n)*?' : `${line.split('…').map(escape).join('[^\\n]*')}[ ]*\\n`,
    )
    .join('');
  return new RegExp(`^${pattern}$`).test(printed.trim() === '' ? '' : `${printed.replace(/\s+$/, '')}\n`);
}

/** Runs `command` in a process group of its own; `done` resolves when it ends, `printed()` is its output so far. */
function start(command, folder) {
  const env = {
    ...process.env,
    NO_COLOR: '1',
    PATH: resolve('node_modules/.bin') + delimiter + process.env.PATH,
  };
  const child = spawn('bash', ['-c', command], { cwd: folder, env, detached: true });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const done = new Promise((r) => child.on('close', r));
  const stop = async () => {
    try {
      process.kill(-child.pid, 'SIGTERM');
    } catch {
      return;
    }
    await done;
  };
  return { done, stop, printed: () => text };
}

async function runStep({ command, expected }, folder, running) {
  const wanted = [...expected];
  while (wanted.at(-1)?.trim() === '') wanted.pop();
  const background = command.endsWith('&');
  const job = start(command.replace(/\s*&$/, ''), folder);
  running.push(job);
  let ended = false;
  void job.done.then(() => (ended = true));
  const late = Date.now() + secondsAllowed * 1000;
  while (!ended && Date.now() < late) {
    if (background && wanted.length > 0 && matches(wanted, job.printed())) break;
    await sleep(20);
  }
  if (matches(wanted, job.printed())) return null;
  return `\`${command}\` printed${ended ? '' : ` within ${secondsAllowed} s`}\n${job.printed()}instead of\n${wanted.join('\n')}`;
}

/** Runs all blocks, page by page. Returns what did not come out as printed; a page stops at its first difference. */
export async function runConsoleBlocks(blocks) {
  const differences = [];
  if (blocks.length > 0 && !existsSync('dist'))
    return [{ where: blocks[0].file, what: 'the console blocks need a build: run `npm run build` first' }];
  for (const file of new Set(blocks.map((block) => block.file))) {
    const folder = mkdtempSync(join(tmpdir(), 'cios-page-'));
    const running = [];
    let current = folder;
    try {
      for (const step of blocks.filter((b) => b.file === file).flatMap((b) => b.steps)) {
        if (step.command.startsWith('cd ')) {
          current = join(current, step.command.slice(3).trim());
          continue;
        }
        const what = await runStep(step, current, running);
        if (what === null) continue;
        differences.push({ where: step.where, what });
        break;
      }
    } finally {
      for (const job of running.reverse()) await job.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return differences;
}
