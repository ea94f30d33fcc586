import type { ClickHouseClient } from '@clickhouse/client';
import { CliptideError } from '../../domain/errors.ts';
import { fromClickHouse } from './failures.ts';

/** Hours that each table keeps its rows after they were recorded, as the engine says it; null is for ever. */
export async function readRetention(
  client: ClickHouseClient,
  database: string,
): Promise<ReadonlyMap<string, number | null>> {
  try {
    const query =
      "SELECT name, engine_full FROM system.tables WHERE database = {database:String} AND engine LIKE '%MergeTree'";
    const answer = await client.query({ query, query_params: { database }, format: 'JSONEachRow' });
    const rows = await answer.json<{ name: string; engine_full: string }>();
    return new Map(rows.map(({ name, engine_full }) => [name, hoursOf(engine_full)]));
  } catch (error) {
    throw fromClickHouse(error, 'retention');
  }
}

/** Makes a table keep its rows so many hours, those that it has as well; null keeps them for ever. */
export async function setRetention(
  client: ClickHouseClient,
  database: string,
  table: string,
  hours: number | null,
): Promise<void> {
  if (!/^[a-z_]+$/.test(table)) throw new CliptideError('internal', `there is no table ${table}`);
  const change = hours === null ? 'REMOVE TTL' : `MODIFY TTL recorded_at + toIntervalHour(${Math.trunc(hours)})`;
  try {
    await client.command({ query: `ALTER TABLE ${database}.${table} ${change}` });
  } catch (error) {
    throw fromClickHouse(error, table);
  }
}

function hoursOf(engine: string): number | null {
  const [, unit, count] = /\bTTL recorded_at \+ toInterval(Day|Hour)\((\d+)\)/.exec(engine) ?? [];
  return unit === undefined ? null : Number(count) * (unit === 'Day' ? 24 : 1);
}
