export type ResultRow = Readonly<
  Record<
    string,
    | string
    | number
    | boolean
    | null
    | readonly string[]
    | Readonly<Record<string, number>>
    | Readonly<Record<string, string>>
  >
>;

/** The tables that dashboards ask. Writing a row twice changes nothing. */
export interface Results {
  /** Applies the numbered migrations that were not applied before. */
  migrate(): Promise<void>;
  /** Durable when resolved. Rejects with `unavailable` when the store is away. */
  insert(table: string, rows: readonly ResultRow[]): Promise<void>;
  /** Hours that each table keeps its rows after they were recorded; null is for ever. Empty before the first migration. */
  retention(): Promise<ReadonlyMap<string, number | null>>;
  /** Changes it for one table: rows that are older go in the store's own time. */
  retain(table: string, hours: number | null): Promise<void>;
  query(sql: string, params?: Readonly<Record<string, unknown>>): Promise<readonly ResultRow[]>;
  close(): Promise<void>;
}
