import { type Finding, fail, ok } from './finding.ts';

const needed = 24;

/** The Node that this process runs under. */
export function checkNode(version: string = process.versions.node, path: string = process.execPath): Finding {
  const found = `${version}, ${path}`;
  if (Number(version.split('.')[0]) >= needed) return ok('node', found);
  return fail('node', found, `Node ${needed} or newer is needed: run "npm ci", which brings one`);
}

/** SQLite, which keeps the event log. */
export async function checkSqlite(): Promise<Finding> {
  try {
    const { DatabaseSync } = await import('node:sqlite');
    const db = new DatabaseSync(':memory:');
    const row = db.prepare('SELECT sqlite_version() AS version').get();
    db.close();
    return ok('node:sqlite', String(row?.version));
  } catch (error) {
    return fail('node:sqlite', String(error), `use Node ${needed} or newer, built with SQLite`);
  }
}
