import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { nodeKeys } from '../../../src/adapters/redis/keys.ts';
import { holdNodeName } from '../../../src/adapters/redis/nodename.ts';
import { CliProcess } from '../../support/cliprocess.ts';
import { topologyEnvironment } from '../../support/cluster/environment.ts';
import { type KafkaTopology, kafkaTopology } from '../../support/cluster/topology.ts';
import { describeWithServices } from '../../support/services.ts';

const minute = 60_000;

describeWithServices(['kafka', 'registry', 'redis'], 'the name of a node on a cluster', (addressOf) => {
  let work: string;
  let topology: KafkaTopology;
  beforeEach(async () => {
    work = mkdtempSync(join(tmpdir(), 'cliptide-name-'));
    topology = await kafkaTopology(addressOf, 1);
  }, minute);
  afterEach(async () => {
    await topology?.[Symbol.asyncDispose]();
    rmSync(work, { recursive: true, force: true });
  }, minute);

  it('a process that let it slip to another data folder ends with 2, and says which', {
    timeout: 2 * minute,
  }, async () => {
    const connection = { url: addressOf('redis') };
    const prefix = topology.place.prefix;
    await using process = new CliProcess(['run', '--roles', 'render', '--node', 'one', '--data', join(work, 'data')], {
      cwd: work,
      env: {
        ...topologyEnvironment(topology),
        CLIPTIDE_REDIS_URL: connection.url,
        CLIPTIDE_REDIS_PREFIX: prefix,
      },
    });
    await process.prints(/^running;/m);
    // As after a sleep that outlasted its lease.
    const admin = new Redis(connection.url);
    await admin.del([...nodeKeys(prefix, 'one')]);
    admin.disconnect();
    const name = await holdNodeName({
      connection,
      prefix,
      node: 'one',
      owner: 'another',
      place: 'elsewhere:/data',
      neighbours: async () => [],
      onWait: () => undefined,
      clock: systemClock,
    });
    try {
      expect(await process.ended).toBe(2);
      expect(process.err).toContain('two data folders have the node name "one"');
      expect(process.err).toContain('elsewhere:/data');
    } finally {
      await name.release();
    }
  });
});
