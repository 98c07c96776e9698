// Looks for inputs on which the engine throws, hangs or breaks one of its laws. Usage:
// npm run fuzz -- hcl [--seconds 60] [--seed 1]. Every finding is printed with the seed that repeats it.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const args = process.argv.slice(2);
const option = (name, fallback) => {
  const at = args.indexOf(name);
  return at < 0 ? fallback : args.splice(at, 2)[1];
};
const seconds = Number(option('--seconds', '60'));
const first = Number(option('--seed', String(Date.now() % 1_000_000_000)));
const dist = resolve(option('--dist', 'dist'));
const [target = 'hcl'] = args;
if (target !== 'hcl') {
  console.error(`fuzz: there is no target ${target}; there is: hcl`);
  process.exit(2);
}
const load = (path) => import(pathToFileURL(resolve(dist, path)).href);
const { Generator, checkConfig, checkExpression } = await load('libs/hcl/testing/index.js');
const { standardFunctions } = await load('libs/hcl/functions/index.js');
const { nodeFunctions } = await load('libs/hcl/host/index.js');
const functions = standardFunctions(nodeFunctions);

const SLOW = 2_000; // ms that no input of this size may take
const end = Date.now() + seconds * 1000;
let cases = 0;
const findings = new Map();
for (let seed = first; Date.now() < end && findings.size < 20; seed++) {
  const generator = new Generator(seed);
  const expression = generator.expression(3 + generator.below(20));
  const config = generator.config();
  const inputs = [
    [checkExpression, expression],
    [checkExpression, generator.mutate(expression)],
    [checkConfig, config],
    [checkConfig, generator.mutate(config)],
  ];
  for (const [check, text] of inputs) {
    cases++;
    const began = Date.now();
    let fault;
    try {
      check(text, functions);
    } catch (error) {
      fault = error;
    }
    const took = Date.now() - began;
    if (took > SLOW) fault ??= new Error(`took ${took} ms`);
    if (fault === undefined) continue;
    const kind = `${fault.constructor.name} ${fault.message.split(':')[0].slice(0, 60)}`;
    if (findings.has(kind)) continue;
    findings.set(kind, true);
    console.log(
      `\nseed ${seed} ${check.name} ${JSON.stringify(text).slice(0, 600)}\n  ${String(fault.stack).slice(0, 900)}`,
    );
  }
}
console.log(`fuzz hcl: ${cases} inputs from seed ${first} in ${seconds} s, ${findings.size} findings`);
process.exit(findings.size > 0 ? 1 : 0);
