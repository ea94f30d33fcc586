import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What Grafana and its ClickHouse data source put in place of variables and macros. */
export interface GrafanaView {
  /** Times in milliseconds since 1970-01-01 UTC. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Values of the variables that are chosen; of one that is absent, all. */
  readonly chosen: Readonly<Record<string, readonly string[]>>;
}

export interface Target {
  readonly refId: string;
  readonly format: number;
  readonly queryType: string;
  readonly rawSql: string;
}

export interface Source {
  readonly type: string;
  readonly uid: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource: Source;
  readonly targets: readonly Target[];
}

export interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
  readonly datasource?: Source;
  readonly includeAll?: boolean;
  readonly current?: { readonly value: string | readonly string[] };
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly id?: number;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
  readonly annotations?: { readonly list: readonly { name: string; datasource: Source; target: Target }[] };
}

/** A query of a dashboard: of a panel, a variable or an annotation. */
export interface DashboardQuery {
  readonly name: string;
  readonly kind: string;
  readonly format: number | undefined;
  readonly sql: string;
}

const folder = fileURLToPath(new URL('../../topology/grafana/', import.meta.url));

/** The shipped dashboards, by file name. */
export function dashboards(): readonly (readonly [string, Dashboard])[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.map((name) => [name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Dashboard] as const);
}

export function queriesOf(file: string, dashboard: Dashboard): readonly DashboardQuery[] {
  const ofTarget = (title: string, kind: string, { refId, format, rawSql }: Target): DashboardQuery => ({
    name: `${file}: ${title} ${refId}`,
    kind,
    format,
    sql: rawSql,
  });
  const variables = dashboard.templating.list.filter(({ type }) => type === 'query');
  return [
    ...dashboard.panels.flatMap(({ title, type, targets }) => targets.map((target) => ofTarget(title, type, target))),
    ...(dashboard.annotations?.list ?? []).map(({ name, target }) => ofTarget(name, 'annotation', target)),
    ...variables.map(({ name, query }) => ({
      name: `${file}: $${name}`,
      kind: 'variable',
      format: undefined,
      sql: query,
    })),
  ];
}

/** The SQL that ClickHouse is asked, as the data source makes it; throws on what it does not know. */
export function expanded(sql: string, view: GrafanaView): string {
  const seconds = (ms: number): string => `toDateTime(${Math.floor(ms / 1000)})`;
  const day = (ms: number): string => `toDate('${new Date(ms).toISOString().slice(0, 10)}')`;
  const between = (column: string, write: (ms: number) => string): string =>
    `${column} >= ${write(view.fromMs)} AND ${column} <= ${write(view.toMs)}`;
  const text = withConditions(sql, view.chosen)
    .replace(/\$__timeFilter\(([\w.]+)\)/g, (_, column: string) => between(column, seconds))
    .replace(/\$__dateFilter\(([\w.]+)\)/g, (_, column: string) => between(column, day))
    .replace(/\$__timeInterval\(([\w.]+)\)/g, 'toStartOfInterval(toDateTime($1), INTERVAL 1 second)')
    .replace(/\$\{(\w+):singlequote\}/g, (_, name: string) => quotedList(view.chosen[name] ?? []));
  if (text.includes('$')) throw new Error(`something is left for nobody to fill in: ${text}`);
  return text;
}

/** `$__conditionalAll(condition, $variable)`: the condition, or `1=1` where all is chosen. */
function withConditions(sql: string, chosen: GrafanaView['chosen']): string {
  const macro = '$__conditionalAll(';
  const at = sql.indexOf(macro);
  if (at < 0) return sql;
  const from = at + macro.length;
  let depth = 1;
  let end = from;
  for (; depth > 0 && end < sql.length; end++) depth += { '(': 1, ')': -1 }[sql.charAt(end)] ?? 0;
  const [, condition, name] = /^(.*), *\$(\w+)$/s.exec(sql.slice(from, end - 1)) ?? [];
  if (condition === undefined || name === undefined) throw new Error(`no condition and variable in ${sql.slice(at)}`);
  const kept = chosen[name] === undefined ? '1=1' : condition;
  return sql.slice(0, at) + kept + withConditions(sql.slice(end), chosen);
}

const quotedList = (values: readonly string[]): string =>
  values.map((value) => `'${value.replaceAll("'", "\\'")}'`).join(',');
