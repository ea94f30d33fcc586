import { type TableName, tableHours } from '../../../topology/retention.ts';
import type { ResultRow, Results } from '../../ports/results.ts';

export interface ExportedTable {
  readonly name: TableName;
  /** The columns of its key with their types, in the key's order. */
  readonly key: readonly { readonly name: string; readonly type: string }[];
}

/** Rows of one query unless told otherwise; the next one goes on behind the last of them. */
const pageRows = 20_000;

/** The tables that there are, with their keys. */
export async function tablesOf(results: Results): Promise<readonly ExportedTable[]> {
  const rows = await results.query(
    `SELECT t.name AS table, t.sorting_key AS key, groupArray(concat(c.name, ' ', c.type)) AS columns
     FROM system.tables AS t JOIN system.columns AS c ON c.database = t.database AND c.table = t.name
     WHERE t.database = currentDatabase() AND c.is_in_sorting_key
     GROUP BY table, key ORDER BY table`,
  );
  return rows.flatMap(({ table, key, columns }) => {
    const name = (Object.keys(tableHours) as TableName[]).find((known) => known === table);
    if (name === undefined) return [];
    const types = new Map((columns as readonly string[]).map((column) => splitAtSpace(column)));
    return [
      {
        name,
        key: String(key)
          .split(', ')
          .map((column) => ({ name: column, type: types.get(column) ?? '' })),
      },
    ];
  });
}

function splitAtSpace(text: string): readonly [string, string] {
  const at = text.indexOf(' ');
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Every row of a table, page by page in the order of its key. */
export async function* exportTable(
  results: Results,
  { name, key }: ExportedTable,
  page = pageRows,
): AsyncGenerator<readonly ResultRow[]> {
  const columns = key.map((column) => column.name).join(', ');
  const after = key.map(({ type }, index) => `{k${index}:${plainType(type)}}`).join(', ');
  let last: ResultRow | undefined;
  do {
    const where = last === undefined ? '' : `WHERE (${columns}) > (${after})`;
    const params = Object.fromEntries(key.map((column, index) => [`k${index}`, last?.[column.name]]));
    const query = `SELECT * FROM ${name} ${where} ORDER BY ${columns} LIMIT ${page}`;
    const rows = await results.query(query, last === undefined ? undefined : params);
    yield rows;
    last = rows.length < page ? undefined : rows.at(-1);
  } while (last !== undefined);
}

/** Parameters have the type without how the column is stored. */
const plainType = (type: string): string => type.replace(/^LowCardinality\((.*)\)$/, '$1');
