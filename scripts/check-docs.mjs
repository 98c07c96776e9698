// What a machine can say about the documents: docs/coverage.md has a row for each feature and names tests that exist, docs/events.md
// is what the catalogue says, relative links lead somewhere, and `console` blocks marked for it show what a real run prints.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { consoleBlocks, runConsoleBlocks } from './console-blocks.mjs';
import { eventsPage } from './generate-events-doc.mjs';
import { flockReference } from './generate-flock-reference.mjs';

const complaints = [];
const complain = (where, what) => complaints.push(`${where}: ${what}`);

function markdownFiles(folder = '.') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory())
      return /^(node_modules|dist|coverage|[.].*)$/.test(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** `path: "test name"`: the file exists and has a test of that title (as written in the source, templates included). */
function checkTest(where, path, title) {
  if (!existsSync(path)) return complain(where, `${path} does not exist`);
  const titles = [
    ...readFileSync(path, 'utf8').matchAll(
      /(?:\b(?:it|test|describe)(?:[.]concurrent)?|\))\(\s*(['"`])((?:\\.|(?!\1).)*)\1\s*,/gs,
    ),
  ].map(([, , t]) => t.replace(/\\(.)/g, '$1'));
  if (!titles.includes(title)) complain(where, `${path} has no test "${title}"`);
}

function checkCoverage() {
  const page = 'docs/coverage.md';
  const ids = JSON.parse(readFileSync('scripts/feature-ids.json', 'utf8'));
  const rows = new Map();
  readFileSync(page, 'utf8')
    .split('\n')
    .forEach((line, index) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      if (!/^[A-Z]{1,2}-\d\d$/.test(cells[1] ?? '')) return;
      const where = `${page}:${index + 1}`;
      if (rows.has(cells[1])) complain(where, `${cells[1]} has a second row`);
      rows.set(cells[1], true);
      if (!ids.includes(cells[1])) complain(where, `${cells[1]} is no feature of scripts/feature-ids.json`);
      const tested = cells[3] ?? '';
      if (/^to come \(.+\)$/.test(tested)) return;
      const tests = [...tested.matchAll(/`([^`\s:]+)(?:`:|:) "([^"]+)"`?/g)];
      if (tests.length === 0) complain(where, 'neither a test (`path: "name"`) nor `to come (why)`');
      for (const [, path, title] of tests) checkTest(where, path, title);
    });
  for (const id of ids) if (!rows.has(id)) complain(page, `no row for ${id}`);
  return rows.size;
}

async function checkEvents() {
  const page = 'docs/events.md';
  const wanted = await eventsPage();
  if (!existsSync(page) || readFileSync(page, 'utf8') !== wanted)
    complain(page, 'differs from eventstore/catalogue; run `node scripts/generate-events-doc.mjs`');
}

async function checkFlockReference() {
  for (const [page, wanted] of Object.entries(await flockReference()))
    if (!existsSync(page) || readFileSync(page, 'utf8') !== wanted)
      complain(page, 'differs from the flock schema; run `node scripts/generate-flock-reference.mjs`');
}

/** GitHub's anchors: lower case, punctuation gone, blanks to hyphens. */
const anchorOf = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

function checkLinks(files) {
  let links = 0;
  for (const file of files) {
    const text = readFileSync(file, 'utf8').replace(/^(```|~~~)[\s\S]*?^\1/gm, '');
    for (const [, target] of text.matchAll(/\]\(([^)\s]+)(?:\s"[^"]*")?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue;
      links++;
      const [path, anchor] = target.split('#');
      const to = path ? normalize(join(dirname(file), decodeURIComponent(path))) : file;
      if (!existsSync(to)) complain(file, `${target} leads nowhere`);
      else if (anchor && statSync(to).isFile()) {
        const anchors = [...readFileSync(to, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, h]) => anchorOf(h));
        if (!anchors.includes(anchor)) complain(file, `${target}: no such heading`);
      }
    }
  }
  return links;
}

const files = markdownFiles();
const features = checkCoverage();
await checkEvents();
await checkFlockReference();
const links = checkLinks(files);
const blocks = files.flatMap(consoleBlocks);
for (const { where, what } of await runConsoleBlocks(blocks)) complain(where, what);

for (const complaint of complaints) console.error(complaint);
console.log(
  `${complaints.length > 0 ? `${complaints.length} complaints` : 'documents hold'}: ${features} features, ${links} links, ${blocks.length} console blocks`,
);
process.exitCode = complaints.length > 0 ? 1 : 0;
