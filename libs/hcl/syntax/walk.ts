import { type CallNode, type Node, type ScopeTraversalNode } from './node.js';

export interface FreeVisitor {
  readonly traversal?: (node: ScopeTraversalNode) => void;
  readonly call?: (node: CallNode) => void;
}

/** Visits the references that are free in a tree, and its calls, in source order. O(size). */
export function walkFree(
  node: Node,
  visitor: FreeVisitor,
  bound: readonly (string | undefined)[] = [],
): void {
  const inner = (child: Node): void => {
    walkFree(child, visitor, bound);
  };
  switch (node.kind) {
    case 'traversal':
      if (!bound.includes(node.root)) visitor.traversal?.(node);
      return;
    case 'relative':
      inner(node.source);
      return;
    case 'template':
      node.parts.forEach(inner);
      return;
    case 'tuple':
      node.items.forEach(inner);
      return;
    case 'wrap':
    case 'parentheses':
      inner(node.inner);
      return;
    case 'join':
      inner(node.tuple);
      return;
    case 'call':
      visitor.call?.(node);
      node.args.forEach(inner);
      return;
    case 'conditional':
      inner(node.condition);
      inner(node.yes);
      inner(node.no);
      return;
    case 'index':
      inner(node.collection);
      inner(node.key);
      return;
    case 'object':
      for (const { key, value } of node.items) {
        inner(key);
        inner(value);
      }
      return;
    case 'key':
      // A bare name is a string here.
      if (node.forced || node.inner.kind !== 'traversal' || node.inner.steps.length > 0) inner(node.inner);
      return;
    case 'for': {
      inner(node.collection);
      const within = [...bound, node.keyName, node.valueName];
      if (node.key !== undefined) walkFree(node.key, visitor, within);
      walkFree(node.value, visitor, within);
      if (node.condition !== undefined) walkFree(node.condition, visitor, within);
      return;
    }
    case 'splat':
      inner(node.source);
      inner(node.each);
      return;
    case 'binary':
      inner(node.left);
      inner(node.right);
      return;
    case 'unary':
      inner(node.operand);
      return;
  }
}
