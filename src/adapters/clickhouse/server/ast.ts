import { accessDenied } from './refusal.ts';

/** A line of `EXPLAIN AST` with what is indented below it. */
export interface AstNode {
  readonly kind: string;
  /** What stands behind the kind, such as a function's name, without the alias and the number of children. */
  readonly label: string;
  readonly children: readonly AstNode[];
}

interface OpenNode extends AstNode {
  readonly depth: number;
  readonly expected: number;
  readonly children: AstNode[];
}

/**
 * Reads the engine's indented tree. Names are printed as they are, so a quoted name with a line break could add lines:
 * each node says how many children it has, and a tree in which that does not hold everywhere is refused.
 */
export function parseAst(text: string): AstNode {
  const lines = text.replace(/\n+$/, '').split('\n');
  const open: OpenNode[] = [];
  let root: OpenNode | undefined;
  for (const line of lines) {
    const node = parseLine(line);
    if (node.depth > open.length || (node.depth === 0 && root !== undefined)) throw unclear();
    while (open.length > node.depth) close(open.pop());
    open.at(-1)?.children.push(node);
    root ??= node;
    open.push(node);
  }
  while (open.length > 0) close(open.pop());
  if (root === undefined) throw unclear();
  return root;
}

const form = /^( *)(\S+)(?: (.*?))??(?: \(alias .*?\))?(?: \(children (\d+)\))?$/;

function parseLine(line: string): OpenNode {
  const match = form.exec(line);
  const kind = match?.[2];
  if (match === null || kind === undefined) throw unclear();
  return {
    kind,
    label: (match[3] ?? '').trim(),
    depth: match[1]?.length ?? 0,
    expected: Number(match[4] ?? 0),
    children: [],
  };
}

function close(node: OpenNode | undefined): void {
  if (node !== undefined && node.children.length !== node.expected) throw unclear();
}

const unclear = () => accessDenied('The query holds a name that cannot be checked');
