import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { serveSql } from '../../../src/adapters/clickhouse/serve.ts';
import type { SqlServer } from '../../../src/adapters/clickhouse/server/server.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { clip, input } from '../../support/recordinputs.ts';
import { StubServer } from '../../support/stubserver.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));

async function cliptide(...args: readonly string[]) {
  const child = spawn(process.execPath, ['src/launch.mjs', 'sql', ...args], { cwd: root });
  const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), exited]);
  return { out, err, code };
}

let store: ChdbResults;
let server: SqlServer;
beforeAll(async () => {
  store = await chdbResults();
  const title = 'A \u001b[31mred\u001b[0m goal';
  await recordStage(store).handle([input('clips.rendered', clip('k1', 'h1', { title }))]);
  server = await serveSql({ dataDir: store.folder, engine: store.engine, port: 0 });
});
afterAll(async () => {
  await server.close();
  await store.close();
});

describe('cliptide sql', () => {
  it('asks the ClickHouse that is configured, unless a data folder is named', async () => {
    const stub = await StubServer.start((_, response) => void response.end('x\n1\n'));
    const cluster = {
      CLIPTIDE_KAFKA_BROKERS: '127.0.0.1:1',
      CLIPTIDE_REGISTRY_URL: 'http://127.0.0.1:1',
      CLIPTIDE_CLICKHOUSE_URL: stub.url,
    };
    for (const [name, value] of Object.entries(cluster)) vi.stubEnv(name, value);
    try {
      expect(await cliptide('SELECT 1 AS x')).toMatchObject({ out: 'x\n1\n', code: 0 });
      const query = 'SELECT clip_id FROM clips';
      expect(await cliptide('--data', store.folder, query)).toMatchObject({ out: 'clip_id\nk1\n', code: 0 });
    } finally {
      vi.unstubAllEnvs();
      await stub.close();
    }
  });

  it('prints rows for programs, in the format that is asked for', async () => {
    const query = 'SELECT clip_id, bytes FROM clips';
    const data = ['--data', store.folder];
    expect(await cliptide(...data, query)).toMatchObject({ out: 'clip_id\tbytes\nk1\t1000000\n', code: 0 });
    expect((await cliptide(...data, '--json', query)).out).toBe('{"kind":"row","clip_id":"k1","bytes":"1000000"}\n');
    expect((await cliptide(...data, '--format', 'CSV', query)).out).toBe('"k1",1000000\n');
  });

  it('ends with 2 and says what is wrong with the SQL, on standard error only', async () => {
    const wrong = await cliptide('--data', store.folder, 'SELECT nothing FROM clips');
    expect(wrong).toMatchObject({ out: '', code: 2 });
    expect(wrong.err).toMatch(/nothing/);
    const attack = await cliptide('--data', store.folder, "SELECT file('/etc/hostname')");
    expect(attack).toMatchObject({ out: '', code: 2, err: expect.stringContaining('ACCESS_DENIED') });
    expect(attack.err).toMatch(
      /^cliptide: Not enough privileges[^\n]*\n {2}where: [^\n]*\n {2}to do: the results are read-only/,
    );
  });

  it('ends a query that lasts at the first Ctrl-C, with 130', async () => {
    const long = 'SELECT count() FROM clips, numbers(1000000) AS a, numbers(1000000) AS b, numbers(1000000) AS c';
    const child = spawn(process.execPath, ['src/launch.mjs', 'sql', '--data', store.folder, long], { cwd: root });
    const exited = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const asked = "SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] != ''";
    const running = async (): Promise<unknown> => (await store.results.query(asked))[0]?.n;
    await vi.waitFor(async () => expect(await running()).toBe('1'), { timeout: 20_000 });
    child.kill('SIGINT');
    expect(await exited).toBe(130);
    await vi.waitFor(async () => expect(await running()).toBe('0'), { timeout: 10_000 });
  });

  it('ends with 2 where there are no results', async () => {
    const missing = await cliptide('--data', `${store.folder}/nowhere`, 'SELECT 1');
    expect(missing).toMatchObject({ out: '', code: 2, err: expect.stringContaining('--data') });
  });
});
