import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { toAppend } from '../../../src/runtime/records.ts';
import { CliProcess, endProcesses } from '../../support/cliprocess.ts';
import { kafkaTopology } from '../../support/cluster/topology.ts';
import { archiveEvents, momentAt } from '../../support/livemoments.ts';
import { CountingOrigin } from '../../support/origin.ts';
import { RedisServer } from '../../support/redisserver.ts';
import { transportStream } from '../../support/segments.ts';
import { describeWithServices } from '../../support/services.ts';

const roles = ['run', '--roles', 'conduct,refine,render', '--node', 'one'];
const seconds = 200;

describeWithServices(['kafka', 'registry', 'redis'], 'a process that is stopped while Redis is away', (addressOf) => {
  let folder: string;
  let redis: RedisServer;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cliptide-awaystop-'));
    redis = await RedisServer.start();
  });
  afterEach(async () => {
    endProcesses();
    await redis.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = async (prefix: string, origin: string): Promise<CliProcess> => {
    const kafka = { brokers: [addressOf('kafka')], prefix };
    const registry = { url: addressOf('registry') };
    const fetch = { allow: [new URL(origin).host] };
    const config = { kafka, registry, fetch, redis: { url: redis.url }, freeSpaceFloorBytes: 0 };
    writeFileSync(join(folder, 'cliptide.config.json'), JSON.stringify(config));
    const process = new CliProcess([...roles, '--data', 'data'], { cwd: folder });
    await process.prints(/^running;/m);
    return process;
  };
  const mustEndCleanly = async (process: CliProcess): Promise<void> => {
    await redis.stop();
    // Then its clients are between two tries to connect.
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect({ code: await process.kill('SIGINT'), err: process.err }).toMatchObject({ code: 0 });
    expect(process.err).not.toContain('did not stop');
    expect(readdirSync(join(folder, 'data', 'work'))).toEqual([]);
    expect(readdirSync(join(folder, 'data', 'cache')).filter((name) => name.endsWith('.part'))).toEqual([]);
  };

  it('ends cleanly where it has nothing to do', { timeout: 120_000 }, async () => {
    await using topology = await kafkaTopology(addressOf, 4);
    await mustEndCleanly(await start(topology.place.prefix, 'http://127.0.0.1:1'));
  });

  it('ends cleanly in the middle of downloads, which it reserved for', { timeout: 120_000 }, async () => {
    await using topology = await kafkaTopology(addressOf, 4);
    await using origin = await CountingOrigin.start();
    for (let k = 0; k < seconds / 4; k += 1) {
      origin.set(`/${k}.ts`, { body: transportStream(k, 2_000), stallAfter: 188 });
    }
    const { log, codec } = await topology.join('writer');
    const process = await start(topology.place.prefix, origin.url);
    const outputs = [...archiveEvents(origin.url, seconds), momentAt('one', 60), momentAt('two', 140)];
    await log.append(outputs.map((output) => toAppend(codec, output)));
    await Promise.race([origin.asked('/3.ts'), process.ended.then(() => expect.fail(process.err))]);
    await mustEndCleanly(process);
  });
});
