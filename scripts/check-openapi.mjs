// openapi.json is what the code in dist/ says.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const main = new URL('../dist/apps/cios/src/openapi.js', import.meta.url).pathname;
if (!existsSync(main)) {
  console.error('there is no dist/: npm run build comes first');
  process.exit(1);
}
const wanted = execFileSync(process.execPath, [main], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
const path = new URL('../openapi.json', import.meta.url);
const there = existsSync(path) ? readFileSync(path, 'utf8') : '';
if (there !== wanted) {
  const lines = wanted.split('\n');
  const line = there.split('\n').findIndex((text, index) => text !== lines[index]) + 1;
  console.error(
    `openapi.json:${Math.max(line, 1)}: differs from the code; run: npm run build && npm run openapi`,
  );
  process.exit(1);
}
console.log(`openapi.json: ${Object.keys(JSON.parse(wanted).paths).length} paths, as the code has them`);
