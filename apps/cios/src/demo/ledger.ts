import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keys of the effects that local executors account for, outside both stores. A torn last line never happened. */
export function ledgerKeys(folder: string): readonly string[] {
  const path = join(folder, 'world', 'ledger.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line) => (JSON.parse(line) as { readonly key: string }).key);
}
