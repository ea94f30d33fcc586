import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlToken, writeSqlAddress } from '../../../src/adapters/clickhouse/address.ts';
import { serveSql } from '../../../src/adapters/clickhouse/serve.ts';
import type { SqlServer } from '../../../src/adapters/clickhouse/server/server.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { clip, input } from '../../support/recordinputs.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const query = 'SELECT clip_id FROM clips';

/** Another process that does as `cliptide sql` does: prints the answer, or the error's code, message and hint. */
async function askElsewhere(dataDir: string, sql: string, opener = 'ask'): Promise<Record<string, string>> {
  const calls = {
    ask: `(await import('./src/adapters/clickhouse/ask.ts')).askResults(${JSON.stringify({ dataDir, query: sql, format: 'CSV' })})`,
    open: `(await import('./src/adapters/clickhouse/chdb.ts')).openChdb(${JSON.stringify(join(dataDir, 'results'))})`,
  };
  const call = opener === 'open' ? calls.open : calls.ask;
  const script = `try { const answer = await ${call}; console.log(JSON.stringify({ answer: String(answer) })); }
    catch ({ code, message, hint }) { console.log(JSON.stringify({ code, message, hint })); }`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { cwd: root });
  return JSON.parse(await text(child.stdout)) as Record<string, string>;
}

let store: ChdbResults;
let server: SqlServer | undefined;
beforeAll(async () => {
  store = await chdbResults();
  await recordStage(store).handle([input('clips.rendered', clip('k1', 'h1'))]);
});
afterAll(async () => {
  await server?.close();
  await store.close();
});

describe('a second process', () => {
  it('that opens the folder is told who owns it and what to do instead', async () => {
    const told = await askElsewhere(store.folder, query, 'open');
    expect(told.code).toBe('busy');
    expect(told.message).toContain(String(process.pid));
    expect(told.hint).toContain('cliptide sql');
  });

  it('asks the one that owns the folder, by the address and the token in it', async () => {
    server = await serveSql({ dataDir: store.folder, engine: store.engine, port: 0 });
    expect(await askElsewhere(store.folder, query)).toEqual({ answer: '"k1"\n' });
    expect(await askElsewhere(store.folder, 'SELECT nothing')).toMatchObject({ code: 'usage' });
    expect(await askElsewhere(store.folder, "SELECT file('/etc/hostname')")).toMatchObject({ code: 'usage' });
  });

  it('of another user cannot read the token', async () => {
    const { mode } = await stat(join(store.folder, 'sql.token'));
    expect(mode & 0o077).toBe(0);
    expect(await sqlToken(store.folder)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('finds no address once the owner has stopped serving', async () => {
    await server?.close();
    server = undefined;
    await expect(readFile(join(store.folder, 'sql.json'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await askElsewhere(store.folder, query)).toMatchObject({ code: 'busy' });
  });

  it('opens the folder itself where the owner was killed and left its address', async () => {
    const kept = await mkdtemp(join(tmpdir(), 'cliptide-left-'));
    await askElsewhere(kept, query, 'open');
    await writeSqlAddress(kept, { port: 1, pid: 2 ** 30 });
    expect(await askElsewhere(kept, 'SELECT count() FROM clips')).toEqual({ answer: '0\n' });
    await rm(kept, { recursive: true });
  });

  it('is told that there are no results, and makes none, where the folder is missing', async () => {
    const missing = join(store.folder, 'nowhere');
    expect(await askElsewhere(missing, query)).toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('--data'),
    });
    await expect(stat(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    await writeFile(join(store.folder, 'file'), '');
    expect(await askElsewhere(join(store.folder, 'file'), query)).toMatchObject({ code: 'usage' });
  });
});
