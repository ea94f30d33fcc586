import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noLimits } from '../../../src/domain/budgets.ts';
import type { ChannelSettings } from '../../../src/domain/records.gen.ts';
import { toAppend } from '../../../src/runtime/records.ts';
import type { StatefulDependencies } from '../../../src/runtime/stateful.ts';
import { cliptide } from '../../support/cliprocess.ts';
import { topologyEnvironment } from '../../support/cluster/environment.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { scoreToTheEnd } from '../../support/scorerun.ts';
import { describeWithServices } from '../../support/services.ts';

const minute = 60_000;

describeWithServices(['kafka', 'registry'], "the operator's commands on Kafka", (addressOf) => {
  const work = mkdtempSync(join(tmpdir(), 'cliptide-operator-'));
  let topology: KafkaTopology;
  let deps: StatefulDependencies;
  beforeAll(async () => {
    topology = await kafkaTopology(addressOf, 2);
    deps = await topology.join('node-1');
  }, minute);
  afterAll(async () => {
    await topology?.[Symbol.asyncDispose]();
    rmSync(work, { recursive: true, force: true });
  }, minute);
  const ask = (...args: readonly string[]) => askWith({}, ...args);
  const askWith = (env: Readonly<Record<string, string>>, ...args: readonly string[]) =>
    cliptide(args, {
      cwd: work,
      env: { ...topologyEnvironment(topology), ...env },
    });

  it('list a dead letter, send it again and link it when it fails again; lag follows', {
    timeout: 2 * minute,
  }, async () => {
    const value = Buffer.from('no record');
    await deps.log.append([{ topic: 'live.analytics', partition: 1, key: 'c', headers: { trace: 'x' }, value }]);
    await scoreToTheEnd(deps);
    const id = 'score/live.analytics/1/0';
    const listed = await ask('dead', 'list', '--json');
    expect(listed).toMatchObject({ code: 0, err: '' });
    expect(rowsOf(listed.out)).toMatchObject([{ id, state: 'waiting', headers: { trace: 'x' } }]);
    expect(rowsOf((await ask('dead', 'replay', '--stage', 'score', '--json')).out)).toMatchObject([
      { kind: 'replayed', id, partition: 1, offset: 1 },
      { kind: 'replay', replayed: 1 },
    ]);
    const lag = rowsOf((await ask('lag', '--json')).out, 'lag');
    const behind = lag.filter((row) => row.stage === 'score' && row.lag !== 0);
    expect(behind).toMatchObject([{ topic: 'live.analytics', partition: 1, committed: 1, end: 2, lag: 1, lost: 0 }]);
    await scoreToTheEnd(deps);
    expect(rowsOf((await ask('dead', 'list', '--json')).out)).toMatchObject([
      { id, state: 'failed again', replays: 1 },
    ]);
  });

  it('recover goes on behind records that were lost, once they are given up', { timeout: 2 * minute }, async () => {
    const value = Buffer.from('no record');
    const { end } = await deps.log.bounds('live.analytics', 1);
    const more = Array.from({ length: 5 }, () => ({ topic: 'live.analytics', partition: 1, key: 'c', value }));
    await deps.log.append(more);
    await deps.log.trim('live.analytics', 1, end + 3);
    await expect(scoreToTheEnd(deps)).rejects.toMatchObject({ code: 'offset-range' });
    const looked = await ask('recover', '--json');
    expect(looked).toMatchObject({ code: 1, err: '' });
    const gap = {
      stage: 'score',
      topic: 'live.analytics',
      partition: 1,
      fromOffset: end,
      toOffset: end + 3,
      records: 3,
    };
    expect(rowsOf(looked.out, 'gap')).toMatchObject([{ ...gap, accepted: false }]);
    const given = await ask('recover', '--accept-gap', '--yes', '--json');
    expect(given).toMatchObject({ code: 0, err: '' });
    expect(rowsOf(given.out, 'gap')).toMatchObject([{ ...gap, accepted: true }]);
    expect(await ask('recover')).toMatchObject({ code: 0, out: 'no records are lost\n' });
    await scoreToTheEnd(deps);
    expect((await deps.log.committedBy('live.score', ['live.analytics'])).get('live.analytics')?.[1]).toBe(end + 5);
  });

  it('backup and restore carry settings and decisions into new topics, and into no others', {
    timeout: 2 * minute,
  }, async () => {
    const settings: ChannelSettings = {
      ...noLimits,
      channelId: 'channel-1',
      effectiveAtMs: 5,
      highlightsPerHour: 3,
      latenessMs: 2_000,
      category: '',
      scorerVersion: '',
      hold: 'online',
      top: 10,
      presets: ['source'],
    };
    await deps.log.append([toAppend(deps.codec, { topic: 'channel.settings', key: 'channel-1', record: settings })]);
    const file = join(work, 'backup.tgz');
    expect(await ask('backup', '--to', file)).toMatchObject({ code: 0, err: '' });
    const refused = await ask('restore', '--from', file);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('is not empty') });

    const other = await kafkaTopology(addressOf, 2);
    try {
      const into = { CLIPTIDE_KAFKA_PREFIX: other.place.prefix };
      expect(await askWith(into, 'restore', '--from', file)).toMatchObject({ code: 0, err: '' });
      const there = await other.join('node-2');
      const partition = there.log.partitionOf('channel.settings', 'channel-1');
      const [record] = await there.log.read('channel.settings', partition, 0, 10);
      expect(there.codec.decode('channel.settings', record?.value ?? Buffer.alloc(0))).toEqual(settings);
      expect(await ask('backup', '--to', file)).toMatchObject({ code: 2 });
    } finally {
      await other[Symbol.asyncDispose]();
    }
  });
});
