import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { madeChat } from '../../support/madechat.ts';
import { describeWithServices } from '../../support/services.ts';

const minute = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'cliptide-roles-'));
const file = join(folder, 'cliptide.config.json');
const data = ['--data', join(folder, 'data')];

describeWithServices(['kafka', 'registry'], 'a process of a cluster with one role', (addressOf) => {
  afterEach(endProcesses);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const configure = (prefix: string, more: object): void => {
    const cluster = { kafka: { brokers: [addressOf('kafka')], prefix }, registry: { url: addressOf('registry') } };
    writeFileSync(file, JSON.stringify({ ...cluster, ...more }));
  };

  it('that only takes in sources runs until it is told to stop, also after a broadcast has ended', {
    timeout: minute,
  }, async () => {
    await using topology = await kafkaTopology(addressOf, 4);
    const deps = await topology.join('looker');
    const events = madeChat({ seed: 1, streamId: 'one', seconds: 60, messagesPerSecond: 2, burstEverySec: 30 });
    mkdirSync(join(folder, 'events'), { recursive: true });
    const path = join(folder, 'events', 'one.ndjson');
    writeFileSync(path, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const { streamId = '', channelId = '' } = events[0] ?? {};
    const source = { streamId, channelId, events: path, hls: 'http://127.0.0.1:1/index.m3u8' };
    configure(topology.place.prefix, { userKey: 'a key of the tests', sources: [source] });
    const ingest = new CliProcess(['run', '--roles', 'ingest', ...data], { cwd: folder });
    const partition = deps.log.partitionOf('live.analytics', channelId);
    while ((await deps.log.bounds('live.analytics', partition)).end < events.length) {
      const isOver = await Promise.race([ingest.ended.then(() => true), deps.clock.sleep(50).then(() => false)]);
      if (isOver) throw new Error(`it ended: ${ingest.err}`);
    }
    expect(await ingest.kill('SIGTERM')).toBe(0);
    expect(ingest.err).toContain('running; ingest as');
  });

  it('that would have nothing to do says what it lacks', { timeout: minute }, async () => {
    await using topology = await kafkaTopology(addressOf, 4);
    configure(topology.place.prefix, { userKey: 'a key of the tests' });
    const api = await cliptide(['run', '--roles', 'api', ...data], { cwd: folder });
    expect(api).toMatchObject({ code: 2, err: expect.stringMatching(/http\.port is missing: the role api needs it/) });
    const ingest = await cliptide(['run', '--roles', 'ingest', ...data], { cwd: folder });
    expect(ingest).toMatchObject({ code: 2, err: expect.stringMatching(/sources is missing: the role ingest/) });
  });
});
