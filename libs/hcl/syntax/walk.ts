import { type CallNode, type Node, type ScopeTraversalNode } from './node.js';

export interface FreeVisitor {
  readonly traversal?: (node: ScopeTraversalNode) => void;
  readonly call?: (node: CallNode) => void;
}

/** Of most nodes, which therefore share it. */
const NO_CHILDREN: readonly Node[] = [];

/** The trees directly below one, in source order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'binary':
      return [node.left, node.right];
    case 'unary':
      return [node.operand];
    case 'conditional':
      return [node.condition, node.yes, node.no];
    case 'call':
      return node.args;
    case 'tuple':
      return node.items;
    case 'template':
      return node.parts;
    case 'join':
      return [node.tuple];
    case 'wrap':
    case 'parentheses':
    case 'key':
      return [node.inner];
    case 'object': {
      const children: Node[] = [];
      for (const { key, value } of node.items) children.push(key, value);
      return children;
    }
    case 'relative':
      return [node.source];
    case 'index':
      return [node.collection, node.key];
    case 'splat':
      return [node.source, node.each];
    case 'for':
      return [node.collection, node.key, node.value, node.condition].filter((n) => n !== undefined);
    default:
      return NO_CHILDREN;
  }
}

/** Visits the references that are free in a tree, and its calls, in source order. O(size). */
export function walkFree(
  node: Node,
  visitor: FreeVisitor,
  bound: readonly (string | undefined)[] = [],
): void {
  switch (node.kind) {
    case 'traversal':
      if (!bound.includes(node.root)) visitor.traversal?.(node);
      return;
    case 'key':
      // A bare name is a string here.
      if (!node.forced && node.inner.kind === 'traversal' && node.inner.steps.length === 0) return;
      break;
    case 'for': {
      const within = [...bound, node.keyName, node.valueName];
      for (const child of childrenOf(node))
        walkFree(child, visitor, child === node.collection ? bound : within);
      return;
    }
    case 'call':
      visitor.call?.(node);
  }
  for (const child of childrenOf(node)) walkFree(child, visitor, bound);
}
