import { type Value } from '../values/value.js';

// The tree of the native syntax. `start` and `end` are UTF-16 offsets into the source text.

export type Node =
  | LiteralNode
  | StringNode
  | TemplateNode
  | TemplateWrapNode
  | TemplateJoinNode
  | ParenthesesNode
  | ScopeTraversalNode
  | RelativeTraversalNode
  | CallNode
  | ConditionalNode
  | IndexNode
  | TupleNode
  | ObjectNode
  | ObjectKeyNode
  | ForNode
  | SplatNode
  | SplatItemNode
  | BinaryNode
  | UnaryNode
  | BrokenNode;

interface Located {
  start: number;
  end: number;
}

export interface LiteralNode extends Located {
  readonly kind: 'literal';
  readonly value: Value;
}
/** A string in quotes that is nothing but text. */
export interface StringNode extends Located {
  readonly kind: 'string';
  readonly value: string;
}
/** A string of parts: literals and expressions. */
export interface TemplateNode extends Located {
  readonly kind: 'template';
  readonly parts: readonly Node[];
}
/** `"${x}"`: the value itself, whatever its type. */
export interface TemplateWrapNode extends Located {
  readonly kind: 'wrap';
  readonly inner: Node;
}
/** `%{ for }`: the elements joined. */
export interface TemplateJoinNode extends Located {
  readonly kind: 'join';
  readonly tuple: Node;
}
export interface ParenthesesNode extends Located {
  readonly kind: 'parentheses';
  readonly inner: Node;
}

export type Step =
  | { readonly kind: 'attribute'; readonly name: string; readonly start: number; readonly end: number }
  | { readonly kind: 'index'; readonly key: Value; readonly start: number; readonly end: number }
  /** Only in traversals parsed as such. */
  | { readonly kind: 'splat'; readonly start: number; readonly end: number };

export interface ScopeTraversalNode extends Located {
  readonly kind: 'traversal';
  root: string;
  rootEnd: number;
  steps: Step[];
}
export interface RelativeTraversalNode extends Located {
  readonly kind: 'relative';
  readonly source: Node;
  steps: Step[];
}
export interface CallNode extends Located {
  readonly kind: 'call';
  readonly name: string;
  readonly nameEnd: number;
  readonly open: number;
  /** Start of the closing parenthesis. */
  readonly close: number;
  readonly args: readonly Node[];
  readonly expand: boolean;
}
export interface ConditionalNode extends Located {
  readonly kind: 'conditional';
  readonly condition: Node;
  readonly yes: Node;
  readonly no: Node;
}
export interface IndexNode extends Located {
  readonly kind: 'index';
  readonly collection: Node;
  readonly key: Node;
  readonly open: number;
}
export interface TupleNode extends Located {
  readonly kind: 'tuple';
  readonly items: readonly Node[];
}
export interface ObjectNode extends Located {
  readonly kind: 'object';
  readonly items: readonly { readonly key: ObjectKeyNode; readonly value: Node }[];
}
/** A bare identifier as a key is a string, unless in parentheses. */
export interface ObjectKeyNode extends Located {
  readonly kind: 'key';
  readonly inner: Node;
  readonly forced: boolean;
}
export interface ForNode extends Located {
  readonly kind: 'for';
  readonly keyName: string | undefined;
  readonly valueName: string;
  readonly collection: Node;
  /** Present: makes an object. */
  readonly key: Node | undefined;
  readonly value: Node;
  readonly condition: Node | undefined;
  readonly group: boolean;
  readonly openEnd: number;
  readonly closeStart: number;
}
export interface SplatNode extends Located {
  readonly kind: 'splat';
  readonly source: Node;
  readonly each: Node;
  readonly item: SplatItemNode;
  readonly markerStart: number;
  readonly markerEnd: number;
}
export interface SplatItemNode extends Located {
  readonly kind: 'item';
}
export type BinaryOperator =
  '||' | '&&' | '==' | '!=' | '>' | '>=' | '<' | '<=' | '+' | '-' | '*' | '/' | '%';
export interface BinaryNode extends Located {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Node;
  readonly right: Node;
}
export interface UnaryNode extends Located {
  readonly kind: 'unary';
  readonly operator: '-' | '!';
  readonly operand: Node;
}
/** Stands for what could not be parsed; its value is unknown. */
export interface BrokenNode extends Located {
  readonly kind: 'broken';
}

export interface AttributeNode extends Located {
  readonly kind: 'attribute';
  readonly name: string;
  readonly nameEnd: number;
  readonly equals: number;
  readonly value: Node;
}
export interface BlockNode extends Located {
  readonly kind: 'block';
  readonly type: string;
  readonly typeEnd: number;
  readonly labels: readonly { readonly text: string; readonly start: number; readonly end: number }[];
  readonly open: number;
  readonly close: number;
  readonly body: BodyNode;
}
export interface BodyNode extends Located {
  readonly kind: 'body';
  /** Attributes, of which no two have one name, and blocks as they follow each other. */
  readonly items: readonly (AttributeNode | BlockNode)[];
}
