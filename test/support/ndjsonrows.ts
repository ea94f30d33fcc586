export type JsonRow = Readonly<Record<string, unknown>>;

/** What a command printed as NDJSON, of one kind unless none is given. */
export function rowsOf(out: string, kind?: string): JsonRow[] {
  const rows = out.split('\n').filter((line) => line !== '');
  return rows.map((line) => JSON.parse(line) as JsonRow).filter((row) => kind === undefined || row.kind === kind);
}
