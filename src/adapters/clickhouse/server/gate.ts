import { type AstNode, parseAst } from './ast.ts';
import { contentTypeOf } from './formats.ts';
import { isMembership, mayCall, mayReadFrom, takesFunction } from './functions.ts';
import { accessDenied, readonlyMode } from './refusal.ts';
import { checkShow } from './shows.ts';
import { checkTable } from './tables.ts';

/** Kinds of nodes that a query may have beside those that are checked by name. Any other kind is refused. */
const plain: ReadonlySet<string> = new Set([
  'ExpressionList',
  'SelectQuery',
  'SelectIntersectExceptQuery',
  'Literal',
  'Identifier',
  'Subquery',
  'WithElement',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableJoin',
  'ArrayJoin',
  'SampleRatio',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsRegexpMatcher',
  'ColumnsListMatcher',
  'QualifiedColumnsRegexpMatcher',
  'QualifiedColumnsListMatcher',
  'ColumnsTransformerList',
  'ColumnsExceptTransformer',
  'ColumnsReplaceTransformer',
  'ColumnsReplaceTransformer::Replacement',
  'OrderByElement',
  'InterpolateElement',
  'WindowDefinition',
  'WindowListElement',
]);

const explained = /^EXPLAIN( (AST|SYNTAX|QUERY TREE|PLAN|PIPELINE|ESTIMATE))?$/;
const shown = /^(ShowTables|ShowCreateTableQuery|ShowCreateViewQuery|Exists(Table|View|Database)Query)$/;

interface Findings {
  settingsClauses: number;
  format: string | undefined;
}

export interface Statement {
  /** The engine's own rendering (`formatQuerySingleLine`), which is also what is run. */
  readonly canonical: string;
  /** The engine's answer to `EXPLAIN AST` of it. */
  readonly ast: string;
  /** How many SETTINGS clauses were checked in the rendering. */
  readonly settingsClauses: number;
}

/**
 * Holds a statement against the allow-lists, on the engine's own tree of it. Returns the format that it names. Throws
 * `SqlException`: 164 for what is not reading, 497 for what a reader may not use.
 */
export function checkStatement({ canonical, ast, settingsClauses }: Statement): string | undefined {
  const root = parseAst(ast);
  if (shown.test(root.kind)) return checkShow(canonical);
  const findings: Findings = { settingsClauses: 0, format: undefined };
  if (root.kind === 'SelectWithUnionQuery') checkOutermost(root, findings);
  else if (root.kind === 'Explain' && explained.test(root.label)) checkExplain(root, findings);
  else if (root.kind === 'DescribeQuery') checkOutermost(root, findings);
  else throw readonlyMode(`Cannot execute query (${root.kind})`);
  if (findings.settingsClauses !== settingsClauses) throw accessDenied('The settings of this query cannot be checked');
  return findings.format;
}

/** The outermost node carries the output: a format is an identifier, a file a literal. */
function checkOutermost(node: AstNode, findings: Findings): void {
  for (const child of node.children) {
    if (child.kind === 'Identifier') takeFormat(child, findings);
    else if (child.kind === 'Literal') throw accessDenied('INTO OUTFILE is not allowed');
    else check(child, node, findings);
  }
}

function checkExplain(node: AstNode, findings: Findings): void {
  for (const child of node.children) {
    if (child.kind === 'Identifier') takeFormat(child, findings);
    else if (child.kind === 'SelectWithUnionQuery') checkOutermost(child, findings);
    // What stands between EXPLAIN and the query: how the plan is printed.
    else if (child.kind !== 'Set') throw readonlyMode(`Cannot explain (${child.kind})`);
  }
}

function takeFormat(node: AstNode, findings: Findings): void {
  contentTypeOf(node.label);
  findings.format = node.label;
}

function check(node: AstNode, parent: AstNode, findings: Findings): void {
  if (node.kind === 'Function') checkFunction(node, parent);
  else if (node.kind === 'TableIdentifier') checkTable(node.label);
  else if (node.kind === 'Set') findings.settingsClauses += 1;
  else if (node.kind === 'SelectWithUnionQuery') checkNested(node);
  else if (!plain.has(node.kind)) throw accessDenied(`${node.kind} is not allowed`);
  for (const child of node.children) check(child, node, findings);
}

function checkNested(node: AstNode): void {
  if (node.children.length !== 1) throw accessDenied('Only the outermost query may say where its output goes');
}

function checkFunction(node: AstNode, parent: AstNode): void {
  const name = node.label;
  const allowed = parent.kind === 'TableExpression' ? mayReadFrom(name) : mayCall(name);
  if (!allowed) throw accessDenied(`The function ${name} is not allowed`);
  const [first, second] = node.children[0]?.children ?? [];
  if (isMembership(name) && second?.kind === 'Identifier') checkTable(second.label);
  // With an array behind it the first argument is what is called for each element.
  const called = takesFunction(name) && first?.kind === 'Identifier' && second !== undefined ? first.label : undefined;
  if (called !== undefined && !mayCall(called)) throw accessDenied(`The function ${called} is not allowed`);
}
