import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { whenIdle } from '../../../src/runtime/idle.ts';
import { toInput } from '../../../src/runtime/records.ts';
import { type StatefulDependencies, startStateful } from '../../../src/runtime/stateful.ts';
import { scoreStage } from '../../../src/stages/score/stage.ts';
import { CliProcess, endProcesses } from '../../support/cliprocess.ts';
import { resultsEnvironment, topologyEnvironment } from '../../support/cluster/environment.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { hourly } from '../../support/endedbroadcasts.ts';
import { appendLive, withLog } from '../../support/scoredlog.ts';
import { type ServerResults, serverResults } from '../../support/serverresults.ts';
import { describeWithServices } from '../../support/services.ts';

const minute = 60_000;
const names = ['b0', 'b1', 'b2', 'b3', 'b4', 'b5'];

describeWithServices(['kafka', 'registry', 'clickhouse'], 'a backfill of a cluster', (addressOf) => {
  const folder = mkdtempSync(join(tmpdir(), 'cliptide-backfill-cluster-'));
  let topology: KafkaTopology;
  let results: ServerResults;
  let deps: StatefulDependencies;
  let live: CliProcess;
  beforeAll(async () => {
    topology = await kafkaTopology(addressOf, 4);
    results = await serverResults(addressOf('clickhouse'));
    deps = await topology.join('test');
    live = start(['run', '--roles', 'score,conduct,record', '--node', 'live'], 'live');
    await live.prints(/^running;/m);
  }, 2 * minute);
  afterAll(async () => {
    await live?.kill('SIGTERM');
    endProcesses();
    await topology?.[Symbol.asyncDispose]();
    await results?.close();
    rmSync(folder, { recursive: true, force: true });
  }, minute);

  function start(args: readonly string[], node: string): CliProcess {
    const env = {
      ...topologyEnvironment(topology),
      ...resultsEnvironment(addressOf('clickhouse'), results),
      CLIPTIDE_CLIPS_DIR: join(folder, 'clips'),
      CLIPTIDE_DATA_DIR: join(folder, node),
    };
    return new CliProcess(args, { cwd: folder, env });
  }

  async function until(what: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await what())) await deps.clock.sleep(100);
  }
  const filesKept = (): number => {
    try {
      return readdirSync(join(folder, 'clips', 'events')).length;
    } catch {
      return 0;
    }
  };
  const rowsOf = async (table: string, run: string): Promise<string[]> => {
    const where = `run = '${run}' AND stream_id != 'on-air'`;
    const except = table === 'highlights' ? 'run, version' : 'run';
    const rows = await results.results.query(`SELECT * EXCEPT (${except}) FROM ${table} FINAL WHERE ${where}`);
    return rows.map((row) => JSON.stringify(row)).sort();
  };
  const tables = ['seconds', 'detections', 'highlights', 'rankings', 'streams'] as const;

  /** Detections of a broadcast as they lie in the log: their bytes behind the schema's id. */
  async function detectedIn(own: StatefulDependencies, streamId: string): Promise<string[]> {
    const topic = 'highlights.detected';
    const partition = own.log.partitionOf(topic, `channel-of-${streamId}`);
    const records = await own.log.read(topic, partition, 0, 10_000);
    await own.codec.prepare(records.map(({ value }) => value));
    return records
      .filter((record) => toInput<typeof topic>(own.codec, record).record.streamId === streamId)
      .map(({ value }) => Buffer.from(value?.subarray(5) ?? []).toString('hex'));
  }

  it(
    'gives the rows of the live run over two processes, and what is on air beside it is not touched',
    async () => {
      for (const [hour, name] of names.entries()) await appendLive(deps, hourly(name, hour));
      await until(() => filesKept() === names.length);
      // Half of them come from their files only, half from the topics.
      const events = join(folder, 'clips', 'events');
      for (const name of readdirSync(events).slice(0, 3)) rmSync(join(events, name));
      const onAir = hourly('on-air', 20);
      const backfills: CliProcess[] = [];
      const appended = new Map<number, number>();
      const zeroMs = onAir[0]?.atMs ?? 0;
      for (let second = 0; second <= 600; second += 2) {
        if (second === 100) {
          for (const node of ['one', 'two']) {
            backfills.push(start(['backfill', '--run', 'again', '--json', '--data', join(folder, node)], node));
          }
        }
        const from = zeroMs + second * 1_000;
        await appendLive(
          deps,
          onAir.filter(({ atMs }) => atMs >= from && atMs < from + 2_000),
        );
        appended.set(second, deps.clock.now());
        await deps.clock.sleep(50);
      }
      expect(await Promise.all(backfills.map(({ ended }) => ended))).toEqual([0, 0]);
      await until(() => filesKept() === 4);

      const done = backfills.flatMap(({ out }) =>
        out.split('\n').filter((line) => line.includes('"kind":"broadcast"')),
      );
      expect(new Set(done.map((line) => (JSON.parse(line) as { from: string }).from))).toEqual(
        new Set(['file', 'topic']),
      );
      // A partition that moves while one of its broadcasts is replayed has it replayed twice, to the same rows.
      const replayed = new Set(done.map((line) => (JSON.parse(line) as { streamId: string }).streamId));
      expect([...replayed].sort()).toEqual(names);
      await until(async () => (await rowsOf('streams', 'live')).length === names.length);
      for (const table of tables) expect(await rowsOf(table, 'again'), table).toEqual(await rowsOf(table, 'live'));

      const alone = await withLog(undefined, 1, async (own) => {
        await appendLive(own, onAir);
        const score = startStateful(scoreStage({ run: 'live' }), own);
        await whenIdle(score.progress, own, AbortSignal.timeout(minute));
        await score.stop();
        return detectedIn(own, 'on-air');
      });
      expect(alone.length).toBeGreaterThan(1);
      expect(await detectedIn(deps, 'on-air')).toEqual(alone);
      for (const name of names) expect((await detectedIn(deps, name)).length).toBeGreaterThan(1);

      const delays = await delaysOf(zeroMs, appended);
      const p99 = delays[Math.floor(delays.length * 0.99)] ?? Number.POSITIVE_INFINITY;
      console.info(
        `delay of the live curve beside two backfills: median ${delays[delays.length >> 1]} ms, p99 ${p99} ms`,
      );
      expect(p99).toBeLessThan(5_000);
    },
    3 * minute,
  );

  /** How long each second of the curve took beyond the event that let the watermark pass it, sorted. */
  async function delaysOf(zeroMs: number, appended: ReadonlyMap<number, number>): Promise<number[]> {
    const topic = 'streams.seconds';
    const records = await deps.log.read(topic, deps.log.partitionOf(topic, 'channel-of-on-air'), 0, 100_000);
    const delays = records.flatMap((record) => {
      const { streamId, atMs } = toInput<typeof topic>(deps.codec, record).record;
      const second = Math.floor((atMs - zeroMs) / 1_000);
      // Two seconds of lateness and the second itself, in steps of two.
      const passed = appended.get(2 * Math.floor((second + 3) / 2));
      return streamId !== 'on-air' || passed === undefined ? [] : [Math.max(0, record.appendedAtMs - passed)];
    });
    return delays.sort((a, b) => a - b);
  }

  it(
    'goes on where two processes were killed, and the run is one',
    async () => {
      const first = start(['backfill', '--run', 'killed', '--json', '--data', join(folder, 'one')], 'one');
      await first.prints(/"kind":"broadcast"/);
      await first.kill('SIGKILL');
      const second = start(['backfill', '--run', 'killed', '--json', '--data', join(folder, 'one')], 'one');
      expect(await second.ended, second.err).toBe(0);
      expect(second.err).toMatch(/the run killed goes on: \d of \d+ broadcasts are done/);
      for (const table of tables) expect(await rowsOf(table, 'killed'), table).toEqual(await rowsOf(table, 'live'));
      const runs = start(['runs', '--json'], 'one');
      expect(await runs.ended).toBe(0);
      expect(runs.out).toMatch(/"run":"killed","state":"complete"/);
      const diff = start(['diff', 'live', 'killed', '--json'], 'one');
      expect(await diff.ended).toBe(0);
      expect(diff.out).toMatch(/"gained":0,"lost":0,"moved":0/);
    },
    3 * minute,
  );
});
