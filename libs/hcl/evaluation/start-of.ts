import { type Node } from '../syntax/node.js';
import { type Place } from './frame.js';

/** Where a message about an expression points when it means its beginning. */
export function startOf(node: Node): Place {
  switch (node.kind) {
    case 'binary':
      return startOf(node.left);
    case 'conditional':
      return startOf(node.condition);
    case 'unary':
      return { start: node.start, end: node.start + 1 };
    case 'index':
      return { start: node.open, end: node.open + 1 };
    case 'tuple':
    case 'object':
      return { start: node.start, end: node.start + 1 };
    case 'for':
      return { start: node.start, end: node.openEnd };
    case 'splat':
      return { start: node.markerStart, end: node.markerEnd };
    case 'call':
      return { start: node.start, end: node.open + 1 };
    case 'string':
      // Between the quotes; the empty text behind them, as in the reference.
      return node.value === ''
        ? { start: node.end, end: node.end }
        : { start: node.start + 1, end: node.end - 1 };
    case 'template':
      return node.parts.length > 0 ? startOf(node.parts[0]!) : node;
    case 'key':
    case 'parentheses':
      return startOf(node.inner);
    case 'join':
      return startOf(node.tuple);
    default:
      return node;
  }
}
