import { toCliptideError } from '../../domain/errors.ts';
import type { Results } from '../../ports/results.ts';
import { engineCode } from './failures.ts';

/** ClickHouse's codes for a table and a database that are not there. */
const notThere = new Set(['60', '81']);

/** Checksums of the migrations that were applied to a database, by number; empty where it is still to be made. */
export async function appliedMigrations(results: Results, database: string): Promise<ReadonlyMap<number, string>> {
  try {
    const rows = await results.query(`SELECT number, checksum FROM ${database}.migrations FINAL`);
    return new Map(rows.map(({ number, checksum }) => [Number(number), String(checksum)]));
  } catch (error) {
    if (notThere.has(engineCode(toCliptideError(error).cause) ?? '')) return new Map();
    throw error;
  }
}
