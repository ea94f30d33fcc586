import { accessDenied } from './refusal.ts';

/** System tables that describe the schema and the language, and nothing of the process or of other queries. */
const system: ReadonlySet<string> = new Set([
  'aggregate_function_combinators',
  'columns',
  'contributors',
  'data_type_families',
  'databases',
  'formats',
  'functions',
  'keywords',
  'licenses',
  'numbers',
  'numbers_mt',
  'one',
  'parts',
  'settings',
  'table_engines',
  'table_functions',
  'tables',
  'time_zones',
  'zeros',
  'zeros_mt',
]);

const schema: ReadonlySet<string> = new Set(['columns', 'schemata', 'tables', 'views']);

/**
 * Checks a table's name as the tree prints it. Without a database it is one of `cliptide` (which is the current one) or
 * of a WITH clause.
 */
export function checkTable(label: string): void {
  const name = /^(?:([\p{L}_][\p{L}\p{N}_]*)\.)?([\p{L}_][\p{L}\p{N}_]*)$/u.exec(label);
  const [, database, table] = name ?? [];
  if (table === undefined || !isReadable(database, table)) {
    throw accessDenied(`To read from ${label} is not allowed: ask the tables of cliptide`);
  }
}

function isReadable(database: string | undefined, table: string): boolean {
  if (database === undefined || database === 'cliptide') return true;
  if (database === 'system') return system.has(table);
  return (database === 'information_schema' || database === 'INFORMATION_SCHEMA') && schema.has(table.toLowerCase());
}
