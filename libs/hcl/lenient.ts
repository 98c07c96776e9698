import { type Diagnostic } from '../kernel/diagnostic.js';
import { type NativeBody } from './native-body.js';
import { type BodyNode, type Node } from './syntax/node.js';
import { walkFree } from './syntax/walk.js';

/**
 * Makes `x` mean `local.x` where a local of that name exists, as FIG. 5 of the patent writes it; a warning for each. Changes
 * the tree, so it must come before the first evaluation. O(size).
 */
export function qualifyLocals(body: NativeBody, locals: ReadonlySet<string>): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const visit = (node: Node): void => {
    walkFree(node, {
      traversal: (reference) => {
        const name = reference.root;
        if (!locals.has(name)) return;
        diagnostics.push({
          severity: 'warning',
          code: 'hcl/lenient-bare-local',
          summary: 'Missing "local."',
          detail: `"${name}" is taken to mean the local value of that name. Write "local.${name}".`,
          subject: body.source.range(reference.start, reference.rootEnd),
        });
        reference.root = 'local';
        const step = { kind: 'attribute', name, start: reference.start, end: reference.rootEnd } as const;
        reference.steps = [step, ...reference.steps];
      },
    });
  };
  const visitBody = (node: BodyNode): void => {
    for (const item of node.items)
      if (item.kind === 'attribute') visit(item.value);
      else visitBody(item.body);
  };
  visitBody(body.node);
  return diagnostics;
}

/** Names that the `locals` blocks of a file define. */
export function localNames(body: NativeBody): string[] {
  const names: string[] = [];
  for (const item of body.node.items)
    if (item.kind === 'block' && item.type === 'locals')
      for (const local of item.body.items) if (local.kind === 'attribute') names.push(local.name);
  return names;
}
