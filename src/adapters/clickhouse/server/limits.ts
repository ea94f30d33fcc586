import { readonlyMode, SqlException } from './refusal.ts';

const mebibyte = 1024 * 1024;

/** What a query may take unless it asks for less, and the most that it may ask for. */
const limits: Readonly<Record<string, number>> = {
  max_execution_time: 60,
  max_memory_usage: 512 * mebibyte,
  max_result_rows: 1_000_000,
  max_result_bytes: 64 * mebibyte,
  max_threads: 2,
  max_block_size: 65_409,
  max_rows_to_read: 1_000_000_000,
  max_bytes_to_read: 64 * 1024 * mebibyte,
};

/** Settings that a query may change freely: they shape the answer and nothing else. */
const free =
  /^(final|extremes|limit|offset|join_use_nulls|session_timezone|date_time_output_format|prefer_column_name_to_alias|result_overflow_mode|read_overflow_mode|timeout_overflow_mode|(output_format_(json|csv|tsv|pretty|arrow|parquet|native)_[a-z0-9_]+)|output_format_write_statistics)$/;

/** Free by their name, but they name a file or a schema. */
const never = /schema|template|file|path|url/;

/** Fixed for every query; `readonly` comes last, because nothing loosens it afterwards. */
const fixed: Readonly<Record<string, number | string>> = {
  final: 1,
  output_format_json_quote_64bit_integers: 1,
  max_query_size: 256 * 1024,
  max_parser_depth: 300,
  max_ast_depth: 500,
  max_ast_elements: 20_000,
  max_expanded_ast_elements: 100_000,
  max_bytes_before_external_group_by: 0,
  max_bytes_before_external_sort: 0,
  max_bytes_ratio_before_external_group_by: 0,
  max_bytes_ratio_before_external_sort: 0,
  use_query_cache: 0,
  allow_ddl: 0,
  timeout_overflow_mode: 'throw',
};

/** Holds one setting, from the address or a SETTINGS clause, against the allow-list and its bounds. */
export function checkSetting(name: string, value: string): void {
  const most = Object.hasOwn(limits, name) ? limits[name] : undefined;
  if (most === undefined) {
    if (free.test(name) && !never.test(name)) return;
    throw readonlyMode(`Cannot modify '${name}' setting`);
  }
  const wanted = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || wanted <= 0 || wanted > most) {
    const message = `Setting ${name} shouldn't be greater than ${most} or unlimited`;
    throw new SqlException(452, 'SETTING_CONSTRAINT_VIOLATION', `${message}.`);
  }
}

/**
 * One statement that sets everything for a fresh connection: what is fixed, then what was asked for. By `mark` its
 * queries are known among those that run.
 */
export function settingsStatement(asked: ReadonlyMap<string, string>, mark: string): string {
  const values = new Map(Object.entries({ ...limits, ...fixed }).map(([name, value]) => [name, String(value)]));
  for (const [name, value] of asked) {
    checkSetting(name, value);
    values.set(name, value);
  }
  values.set('log_comment', mark);
  values.set('readonly', '2');
  return `SET ${[...values].map(([name, value]) => `${name} = ${quoted(value)}`).join(', ')}`;
}

/** A string literal of ClickHouse. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
