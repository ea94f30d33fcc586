import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { locateTool } from '../../../src/adapters/ffmpeg/locate.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { LiveBroadcast, makeSegments } from '../../support/livebroadcast.ts';
import { rowsOf } from '../../support/nodefolder.ts';
import { Receiver } from '../../support/receiver.ts';
import { Scraped } from '../../support/scraped.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-http-'));
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));
const seconds = 300;
const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
const stages = ['score', 'conduct', 'refine', 'render', 'record', 'notify'];
const fates = ['processed', 'late', 'duplicate', 'deadLettered', 'ignored'];

async function addressOf(process: CliProcess): Promise<string> {
  await process.prints(/^http: /m);
  return /^http: (\S+)/m.exec(process.err)?.[1] ?? '';
}

/** Scrapes until it holds; what never holds ends with the test's time. */
async function scrapedUntil(address: string, holds: (scraped: Scraped) => boolean): Promise<Scraped> {
  while (true) {
    const scraped = await Scraped.from(address);
    if (holds(scraped)) return scraped;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const health = async (address: string, path: string) => {
  const response = await fetch(`${address}${path}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

const hasPromtool = spawnSync('promtool', ['--version']).error === undefined;

/** What a linter of Prometheus' own says; the rest of the test is as good without it. */
function lint(text: string): void {
  if (!hasPromtool) {
    process.stderr.write('SKIPPED: metrics of a process, checked by promtool (Debian: apt-get install prometheus)\n');
    return;
  }
  const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
  expect(stdout + stderr).toBe('');
  expect(status).toBe(0);
}

test('`run --port` over a live broadcast: fates add up, lag goes to nothing, work is counted, a stop is seen before it is over', async () => {
  const segments = await makeSegments((await locateTool('ffmpeg')).path, work, seconds);
  const events = join(work, 'events');
  await using broadcast = await LiveBroadcast.open({ segments, events, seconds, window: 1_000 });
  await using receiver = await Receiver.open(secret);
  receiver.takesAtMost = 1;
  const { streamId, channelId } = broadcast.script;
  const sources = [{ streamId, channelId, events, hls: broadcast.url }];
  const webhooks = [{ url: receiver.url, secret }];
  writeFileSync(join(work, 'cliptide.config.json'), JSON.stringify({ sources, webhooks }));
  const data = join(work, 'data');
  const start = () => new CliProcess(['run', '--data', data, '--port', '0'], { cwd: work });

  const first = start();
  const address = await addressOf(first);
  expect((await health(address, '/healthz')).status).toBe(200);
  await first.prints(/running;/);
  await scrapedUntil(address, (scraped) => stages.every((role) => scraped.sum('cliptide_role_ready', { role }) === 1));
  expect((await health(address, '/readyz')).status).toBe(200);
  expect((await health(address, '/readyz?role=score')).body).toMatchObject({
    roles: { score: { ready: true, partitions: { owned: 4, recovered: 4 } } },
  });

  broadcast.reach(200);
  appendFileSync(events, `no event\n${broadcast.lines[1]}\n`);
  const onAir = await scrapedUntil(address, (scraped) => scraped.sum('cliptide_watermark_delay_seconds') === 2);
  // Up to there everything is scored; while nothing is said, it goes on by the clock.
  const scoredSec = (onAir.sum('cliptide_watermark_timestamp_seconds') ?? 0) - broadcast.script.zeroAtMs / 1_000;
  expect(scoredSec).toBeGreaterThan(190);
  expect(scoredSec).toBeLessThan(300);
  broadcast.reach(seconds);
  await receiver.got(1);
  await receiver.asked();
  // All that is left is the second clip's announcement.
  const waiting = await scrapedUntil(
    address,
    (scraped) =>
      scraped.sum('cliptide_consumer_lag_records') === 1 && scraped.sum('cliptide_events_total') === onAirRead(scraped),
  );
  expect(waiting.sum('cliptide_consumer_lag_records', { stage: 'notify' })).toBe(1);
  expect(waiting.sum('cliptide_watermark_delay_seconds')).toBeUndefined();
  const records = broadcast.lines.filter((line) => !/"kind":"(streamStarted|streamEnded|idle)"/.test(line));
  expect(waiting.sum('cliptide_ingested_records_total')).toBe(records.length + 2);
  const [exact] = await rowsOf<Record<string, number>>(data, `SELECT ${fateColumns} FROM streams`);
  for (const fate of fates) expect(waiting.sum('cliptide_events_total', { fate }), fate).toBe(Number(exact?.[fate]));
  expect(waiting.sum('cliptide_dead_letters_total', { stage: 'ingest' })).toBe(1);
  expect(waiting.sum('cliptide_clips_rendered_total', { preset: 'source' })).toBe(2);
  expect(waiting.sum('cliptide_worker_attempts_total', { stage: 'render', outcome: 'done' })).toBe(2);
  expect(waiting.sum('cliptide_worker_tasks_in_flight')).toBe(0);
  expect(waiting.sum('cliptide_worker_credits', { stage: 'refine' })).toBe(2);
  const host = new URL(receiver.url).host;
  expect(waiting.sum('cliptide_webhooks_total', { host, outcome: 'delivered' })).toBe(1);
  expect(waiting.sum('cliptide_fetched_bytes_total', { what: 'media' })).toBeGreaterThan(10_000);
  expect(waiting.sum('cliptide_fetched_bytes_total', { what: 'playlist' })).toBeGreaterThan(1_000);
  expect(waiting.sum('cliptide_commit_cycle_seconds_count', { stage: 'record' })).toBeGreaterThan(0);
  for (const store of ['log', 'ledger', 'results'])
    expect(waiting.sum('cliptide_store_bytes', { store })).toBeGreaterThan(0);
  for (const hidden of [secret, new URL(receiver.url).pathname]) expect(waiting.text).not.toContain(hidden);
  lint(waiting.text);

  first.signal('SIGTERM');
  const draining = await drained(address);
  expect(draining).toMatchObject({
    status: 503,
    body: { ready: false, roles: { notify: { ready: false, state: 'draining', reason: 'the process is stopping' } } },
  });
  expect((await health(address, '/healthz')).status).toBe(200);
  expect(await first.ended, first.err).toBe(0);

  receiver.takesAtMost = 2;
  const second = start();
  const again = await addressOf(second);
  await receiver.got(2);
  const caughtUp = await scrapedUntil(again, (scraped) => scraped.sum('cliptide_consumer_lag_records') === 0);
  // What was scored before is no news of this process.
  expect(caughtUp.sum('cliptide_events_total')).toBe(0);
  expect(await second.kill('SIGTERM'), second.err).toBe(0);
  await expect(fetch(`${again}/healthz`)).rejects.toThrow();
});

const fateColumns = 'processed, late, duplicate, dead_lettered AS deadLettered, ignored';
const onAirRead = (scraped: Scraped): number => scraped.sum('cliptide_ingested_records_total') ?? -1;

/** The readiness once it is no more, seen while the process still stops. */
async function drained(address: string) {
  while (true) {
    const seen = await health(address, '/readyz');
    if (seen.status !== 200) return seen;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

test('a port that is taken is a wrong configuration, and nothing is opened', async () => {
  const taken = new CliProcess(['run', '--port', '0', '--data', join(work, 'one')], {
    cwd: mkdtempSync(join(work, 'a-')),
  });
  const port = new URL(await addressOf(taken)).port;
  const env = { CLIPTIDE_HTTP_PORT: port };
  const { code, err } = await cliptide(['run', '--data', join(work, 'two')], {
    cwd: mkdtempSync(join(work, 'b-')),
    env,
  });
  expect(code).toBe(2);
  expect(err).toContain(`http.port ${port}, http.host 127.0.0.1`);
  expect(err).toMatch(/to do: choose another http\.port/);
  await taken.kill('SIGTERM');
});
