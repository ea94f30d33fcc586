import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { toAppend } from '../../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { defaultPartitions } from '../../../topology/topics.ts';
import { sized } from '../../support/chaos.ts';
import { CliProcess, endProcesses } from '../../support/cliprocess.ts';
import { resultsEnvironment, topologyEnvironment } from '../../support/cluster/environment.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { second } from '../../support/recordinputs.ts';
import { serverResults } from '../../support/serverresults.ts';
import { describeWithOwnServices, describeWithServices } from '../../support/services.ts';

const rows = sized(60_000, 1_000_000);
const first = 2_000;
const channels = 16;
const folder = mkdtempSync(join(tmpdir(), 'cliptide-away-'));
afterEach(() => {
  endProcesses();
  rmSync(folder, { recursive: true, force: true });
});

/** Appends these of the rows, each with its number for its messages. */
async function appendRows({ log, codec }: StatefulDependencies, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 5_000) {
    const numbers = Array.from({ length: Math.min(5_000, to - at) }, (_, index) => at + index);
    const outputs = numbers.map((n) => {
      const channelId = `channel-${n % channels}`;
      const record = second(Math.floor(n / channels), { channelId, streamId: channelId, messages: n });
      return toAppend(codec, { topic: 'streams.seconds', key: channelId, record });
    });
    await log.append(outputs);
  }
}

const residentBytes = (pid: number): number =>
  1_024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

describeWithServices(['kafka', 'registry'], 'promise 21 on Kafka', (addressOf) => {
  describeWithOwnServices({ folder: 'away', services: ['clickhouse'] }, 'a ClickHouse that is away', (own) => {
    test(`while ${rows} rows pile up: offsets held, memory flat, then exactly the rows there should be`, {
      timeout: sized(180_000, 600_000),
    }, async () => {
      const store = await serverResults(own.address('clickhouse'));
      await using topology = await kafkaTopology(addressOf, defaultPartitions);
      const writer = await topology.join('writer');
      const env = { ...topologyEnvironment(topology), ...resultsEnvironment(own.address('clickhouse'), store) };
      await using recorder = new CliProcess(['run', '--roles', 'record', '--node', 'r', '--data', folder], {
        cwd: folder,
        env,
      });
      await recorder.prints(/^running;/m);
      const held = async (): Promise<number> => {
        const sql = 'SELECT count() AS count, sum(messages) AS sum FROM seconds FINAL';
        const [row] = await store.results.query(sql).catch(() => []);
        return Number(row?.count ?? -1);
      };
      const until = async (count: number): Promise<void> => {
        while ((await held()) !== count) await writer.clock.sleep(200);
      };
      const committed = async (): Promise<number> => {
        const offsets = (await writer.log.committedBy('live.record', ['streams.seconds'])).get('streams.seconds');
        return (offsets ?? []).reduce<number>((sum, offset) => sum + (offset ?? 0), 0);
      };
      await appendRows(writer, 0, first);
      await until(first);
      while ((await committed()) < first) await writer.clock.sleep(100);
      await own.stop(['clickhouse'], 'kill');
      await appendRows(writer, first, rows / 5);
      await recorder.prints(/waiting/);
      await writer.clock.sleep(2_000);
      const before = residentBytes(recorder.pid);
      await appendRows(writer, rows / 5, rows);
      await writer.clock.sleep(sized(5_000, 60_000));
      expect(residentBytes(recorder.pid) - before).toBeLessThan(64 << 20);
      expect(await committed()).toBe(first);
      await own.start(['clickhouse']);
      await until(rows);
      const [row] = await store.results.query('SELECT sum(messages) AS sum FROM seconds FINAL');
      expect(Number(row?.sum)).toBe((rows * (rows - 1)) / 2);
      expect(await recorder.kill('SIGTERM')).toBe(0);
      expect(await committed()).toBe(rows);
      await store.close();
    });
  });
});
