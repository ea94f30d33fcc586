import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { prometheusMetrics } from '../../../src/adapters/prometheus/metrics.ts';
import { Sampler } from '../../../src/dashboard/server/sampler.ts';
import { createServer, serve } from '../../../src/dashboard/server/server.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { RoleHealth } from '../../../src/ports/health.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

const logger = pinoLogger({ level: 'silent' });
const ready: RoleHealth = { state: 'ready', reason: '' };
const recovering: RoleHealth = {
  state: 'recovering',
  reason: 'partitions that are not recovered yet: 1',
  partitions: { owned: 2, recovered: 1 },
};

function world(roles: Record<string, RoleHealth>, clock: Clock = new VirtualClock(1_000_000)) {
  const metrics = prometheusMetrics();
  const sampler = new Sampler({ clock, metrics, logger });
  const health = { roles: () => new Map(Object.entries(roles)) };
  const parts = { metrics, sampler, health };
  const app = createServer(parts);
  const get = async (url: string) => {
    const { statusCode, body, headers } = await app.inject({ method: 'GET', url });
    return { statusCode, body, type: headers['content-type'], json: () => JSON.parse(body) };
  };
  return { parts, metrics, sampler, get };
}

describe('health over HTTP', () => {
  test('is ready when every role is, and says which is not and why', async () => {
    const { get } = world({ score: recovering, record: ready });
    const all = await get('/readyz');
    expect(all.statusCode).toBe(503);
    expect(all.json()).toEqual({
      ready: false,
      roles: { score: { ready: false, ...recovering }, record: { ready: true, ...ready } },
    });
    expect((await get('/readyz?role=score')).statusCode).toBe(503);
    const one = await get('/readyz?role=record');
    expect([one.statusCode, one.json()]).toEqual([200, { ready: true, roles: { record: { ready: true, ...ready } } }]);
    expect((await world({ record: ready }).get('/readyz')).statusCode).toBe(200);
  });

  test('does not call a role ready that the process does not have', async () => {
    const { get } = world({ record: ready });
    const other = await get('/readyz?role=score');
    expect([other.statusCode, other.json().ready]).toEqual([404, false]);
    expect(other.json().reason).toBe('this process has no role score; it has record');
  });

  test('is alive while it recovers or stops, and is not once a stage has failed', async () => {
    const draining: RoleHealth = { state: 'draining', reason: 'the process is stopping' };
    expect((await world({ score: recovering, record: draining }).get('/healthz')).statusCode).toBe(200);
    const failed: RoleHealth = { state: 'failed', reason: 'offset-range: gone' };
    const dead = await world({ score: failed, record: ready }).get('/healthz');
    expect([dead.statusCode, dead.json()]).toEqual([503, { healthy: false, failed: { score: 'offset-range: gone' } }]);
    expect((await world({ score: failed }).get('/readyz')).statusCode).toBe(503);
  });

  test('answers what it does not know with a problem, and lets no answer be cached', async () => {
    const { get } = world({});
    const none = await get('/v2');
    expect([none.statusCode, none.type]).toEqual([404, 'application/problem+json; charset=utf-8']);
  });

  test('says what to do where the port is taken', async () => {
    const { parts } = world({});
    const first = await serve({ host: '127.0.0.1', port: 0 }, parts);
    const port = Number(new URL(first.url).port);
    await expect(serve({ host: '127.0.0.1', port }, parts)).rejects.toMatchObject({
      code: 'config',
      where: `http.port ${port}, http.host 127.0.0.1`,
    });
    await first.close();
  });
});

describe('metrics over HTTP', () => {
  test('are what was counted, with the readiness of each role', async () => {
    const { get, metrics } = world({ score: recovering, record: ready });
    metrics.add('cliptide_stage_records_total', 3, { stage: 'score' });
    const { body, type } = await get('/metrics');
    expect(type).toMatch(/^text\/plain; (charset=utf-8; )?version=0\.0\.4/);
    expect(body).toContain('\ncliptide_stage_records_total{stage="score"} 3\n');
    expect(body).toContain('\ncliptide_role_ready{role="score"} 0\ncliptide_role_ready{role="record"} 1\n');
  });

  test('come without the figures of a store that does not answer, which is asked once and not again and again', async () => {
    const { get, metrics, sampler } = world({ record: ready }, systemClock);
    let asked = 0;
    const never = (): Promise<void> => {
      asked += 1;
      return new Promise(() => {});
    };
    sampler.add({ figures: 'lag', maxAgeMs: 1_000, measure: never });
    sampler.add({
      figures: 'stores',
      maxAgeMs: 60_000,
      measure: async () => metrics.set('cliptide_store_bytes', 5, { store: 'log' }),
    });
    const started = performance.now();
    const [{ body }] = await Promise.all([get('/metrics'), get('/metrics')]);
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(asked).toBe(1);
    expect(body).toContain('cliptide_store_bytes{store="log"} 5');
    expect(body).toMatch(/^cliptide_measured_timestamp_seconds\{figures="stores"\} \d/m);
    expect(body).not.toContain('figures="lag"');
  });

  test('are asked for again when they are too old, also after a failure', async () => {
    const clock = new VirtualClock(1_000_000);
    const { get, sampler } = world({}, clock);
    let asked = 0;
    const measure = async (): Promise<void> => {
      asked += 1;
      if (asked === 2) throw new Error('away');
    };
    sampler.add({ figures: 'stores', maxAgeMs: 30_000, measure });
    for (const waitMs of [0, 29_999, 1, 0, 0]) {
      await clock.advance(waitMs);
      await get('/metrics');
    }
    // At once, when they were half a minute old, and again since that had failed.
    expect(asked).toBe(3);
    expect((await get('/metrics')).body).toContain('cliptide_measured_timestamp_seconds{figures="stores"} 1030');
  });
});
