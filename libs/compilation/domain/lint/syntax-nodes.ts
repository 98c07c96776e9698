import { childrenOf, nativeParts, NativeExpression, type Expression } from '#libs/hcl';
import { type ParsedFlock } from '../parsed-flock.js';

export type SyntaxNode = NativeExpression['node'];
export type NodeOf<Kind extends SyntaxNode['kind']> = Extract<SyntaxNode, { readonly kind: Kind }>;

/** Every tree of the expression, itself first. O(size). */
export function nodesOf(expression: Expression): readonly NativeExpression[] {
  return nativeParts(expression).flatMap((part) => {
    const found: NativeExpression[] = [];
    const visit = (node: SyntaxNode): void => {
      found.push(node === part.node ? part : new NativeExpression(node, part.source));
      for (const child of childrenOf(node)) visit(child);
    };
    visit(part.node);
    return found;
  });
}

/** All expressions of a flock: of its locals, of its blocks and of what is nested in them. */
export function expressionsOf({ locals, blocks, moves }: ParsedFlock): readonly Expression[] {
  const within = (body: ParsedFlock['moves'][number]['block']['body']): Expression[] => [
    ...[...body.attributes.values()].map((a) => a.expression),
    ...body.blocks.flatMap((b) => within(b.body)),
  ];
  return [
    ...[...locals.values()].map((l) => l.expression),
    ...[...blocks.values()].flatMap((b) => [
      ...[...b.attributes.values()].map((a) => a.expression),
      ...b.blocks.flatMap((nested) => within(nested.body)),
    ]),
    ...moves.flatMap(({ block }) => within(block.body)),
  ];
}
