import { Scope, type Attribute } from '#libs/hcl';
import { type CompiledMove } from '../contract/index.js';
import { type ParsedFlock } from './parsed-flock.js';
import { blockReference } from './references.js';

/** `moved`, `removed` and `import` blocks. What they name need not be declared any more, or yet. */
export function compileMoves(flock: ParsedFlock): readonly CompiledMove[] {
  return flock.moves.map(({ kind, block }): CompiledMove => {
    const { attributes } = block.body;
    switch (kind) {
      case 'moved':
        return { kind, from: addressOf(attributes.get('from')), to: addressOf(attributes.get('to')) };
      case 'removed': {
        const destroy = block.body.blocks.find((b) => b.type === 'lifecycle')?.body.attributes.get('destroy');
        return { kind, from: addressOf(attributes.get('from')), destroy: constant(destroy) !== false };
      }
      case 'import':
        return { kind, to: addressOf(attributes.get('to')), id: String(constant(attributes.get('id'))) };
    }
  });
}

function addressOf(attribute: Attribute | undefined): string {
  const traversal = attribute?.expression.asTraversal();
  const reference = traversal && blockReference(traversal);
  if (reference === undefined) return '';
  const { key, instance } = reference;
  return instance === undefined
    ? key
    : `${key}[${typeof instance === 'number' ? instance : JSON.stringify(instance)}]`;
}

const constant = (attribute: Attribute | undefined): unknown =>
  attribute?.expression.evaluate(new Scope()).value;
