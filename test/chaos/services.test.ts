import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { isRunning } from '../../scripts/services/processes.ts';
import type { State } from '../../scripts/services/state.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const dir = join(root, '.services', 'tests', 'control');
const state = join(dir, 'state.json');

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** As `npm run services` runs it. ClickHouse alone needs nothing that does not come with npm. */
const services = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const command = ['--disable-warning=ExperimentalWarning', 'scripts/services/main.ts', ...args, '--dir', dir];
    execFile(process.execPath, command, { cwd: root }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });

const status = async (): Promise<Record<string, unknown>> => JSON.parse((await services('status', '--json')).out);

describe.sequential('npm run services', { timeout: 300_000 }, () => {
  afterAll(() => services('down'), 60_000);

  it('starts what was asked for; a second time, and two at once, change nothing', async () => {
    await services('down');
    expect(await services('status')).toMatchObject({ code: 1, err: expect.stringContaining('nothing is up') });
    const both = await Promise.all([services('up', '--only', 'clickhouse'), services('up', '--only', 'clickhouse')]);
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
    const first = readFileSync(state, 'utf8');
    expect((await services('up', '--only', 'clickhouse')).code).toBe(0);
    expect(readFileSync(state, 'utf8')).toBe(first);
    expect(await status()).toMatchObject({ kind: 'service', name: 'clickhouse', condition: 'ready' });
  });

  it('says what died, and starts it again at the same address', async () => {
    const before = await status();
    process.kill(Number(before.pid), 'SIGKILL');
    await expect.poll(async () => (await services('status')).code).toBe(1);
    expect(await status()).toMatchObject({ condition: 'died', pid: null, memoryBytes: null });
    expect((await services('up', '--only', 'clickhouse')).code).toBe(0);
    const after = await status();
    expect(after).toMatchObject({ condition: 'ready', address: before.address });
    expect(after.pid).not.toBe(before.pid);
  });

  it('tells a service that was stopped from one that died', async () => {
    expect((await services('stop', 'clickhouse')).code).toBe(0);
    expect(await status()).toMatchObject({ condition: 'stopped' });
    expect((await services('restart', 'clickhouse', '--kill')).code).toBe(0);
    expect(await status()).toMatchObject({ condition: 'ready' });
  });

  it.each([
    [['stop', 'kafka-9'], /there is no service kafka-9\n {2}to do: There are clickhouse/],
    [['up', '--only', 'kafak'], /there is no service kafak\n {2}to do: Known are kafka, registry, redis, clickhouse/],
    [['up', '--brokers', '2'], /1 or 3/],
  ])('%j is wrong usage: exit 2, and what there is', async (args, message) => {
    expect(await services(...args)).toMatchObject({ code: 2, err: expect.stringMatching(message) });
  });

  it('leaves neither process, state nor data behind', async () => {
    const daemon = (JSON.parse(readFileSync(state, 'utf8')) as State).daemons[0]?.process;
    if (daemon === undefined) throw new Error('nothing runs');
    expect(isRunning(daemon)).toBe(true);
    expect((await services('down')).code).toBe(0);
    expect(isRunning(daemon)).toBe(false);
    expect([state, join(dir, 'data')].filter(existsSync)).toEqual([]);
  });
});
