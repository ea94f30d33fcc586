import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ConfluentRegistry, confluentRegistry } from '../../../src/adapters/avro/confluent.ts';
import { openChdb } from '../../../src/adapters/clickhouse/chdb.ts';
import type { ClickHouseEngine } from '../../../src/adapters/clickhouse/engine.ts';
import { clickhouseResults } from '../../../src/adapters/clickhouse/results.ts';
import { openTopicAdmin, type TopicAdmin } from '../../../src/adapters/kafka/admin.ts';
import { KafkaEventLog } from '../../../src/adapters/kafka/eventlog.ts';
import { removeUnder } from '../../../src/adapters/kafka/removal.ts';
import { declarations } from '../../../src/cli/node/storage.ts';
import { applyTopology } from '../../../src/cli/topology/apply.ts';
import { readState } from '../../../src/cli/topology/state.ts';
import { wantedOf } from '../../../src/cli/topology/wanted.ts';
import type { Results } from '../../../src/ports/results.ts';
import { planOf } from '../../../topology/plan.ts';
import type { Wanted } from '../../../topology/planstate.ts';
import { quiet } from '../../support/mediacaches.ts';
import { describeWithServices } from '../../support/services.ts';

const minute = 60_000;

describeWithServices(['kafka', 'registry'], 'a topology applied to a cluster', (addressOf) => {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const topology = { partitions: 2, retentionHours: {} };
  const settingsOf = async (topic: string) => (await kafka.topics()).get(topic)?.settings ?? {};
  let wanted: Wanted;
  let kafka: TopicAdmin;
  let registry: ConfluentRegistry;
  let folder: string;
  let engine: ClickHouseEngine;
  let store: Results;
  const connection = () => ({ brokers: addressOf('kafka').split(','), clientId: 'cliptide-test' });
  const services = () => ({ kafka, registry, results: { store, database: 'cliptide' } });
  const planned = async (changed: Partial<Wanted> = {}) => {
    const whole = { ...wanted, ...changed };
    return planOf(whole, await readState(whole, services()));
  };
  const declare = async () => {
    const log = await KafkaEventLog.open({
      connection: connection(),
      prefix,
      nodeId: 'node-1',
      mayCreateTopics: false,
      logger: quiet,
    });
    try {
      await log.declare(declarations(topology.partitions, {}));
    } finally {
      await log.close();
    }
  };
  /** As an operator would do it, with Kafka's own tools. */
  const byHand = async (topic: string, settings: Readonly<Record<string, string>>) => {
    const admin = new Kafka({ ...connection(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: `${prefix}${topic}`, configEntries }],
    });
    await admin.disconnect();
  };

  beforeAll(async () => {
    wanted = await wantedOf(topology, true);
    kafka = await openTopicAdmin(connection(), prefix, quiet);
    registry = confluentRegistry({ url: addressOf('registry'), prefix });
    folder = await mkdtemp(join(tmpdir(), 'cliptide-apply-'));
    engine = await openChdb(join(folder, 'results'));
    store = clickhouseResults({ engine });
  }, minute);
  afterAll(async () => {
    await kafka?.close();
    await engine?.close();
    await rm(folder, { recursive: true, force: true });
    await removeUnder(prefix, connection(), quiet);
  }, minute);

  it('is what a running stage asks for', { timeout: minute }, async () => {
    await expect(declare()).rejects.toMatchObject({ code: 'config', hint: expect.stringContaining('topology apply') });
    const done: string[] = [];
    const plan = await planned();
    expect(plan.refusals).toEqual([]);
    expect(plan.steps.length).toBe(2 * wanted.topics.length + wanted.schemas.size + 1);
    await applyTopology(wanted, services(), ({ text }) => void done.push(text));
    expect(done).toEqual(plan.steps.map(({ text }) => text));
    await declare();
  });

  it('has nothing to do the second time', { timeout: minute }, async () => {
    expect(await planned()).toEqual({ steps: [], refusals: [], undeclared: [] });
    const done: string[] = [];
    await applyTopology(wanted, services(), ({ text }) => void done.push(text));
    expect(done).toEqual([]);
    expect(await settingsOf('score.changelog')).toMatchObject({
      'cleanup.policy': 'compact',
      'min.cleanable.dirty.ratio': '0.1',
      'segment.ms': '86400000',
      'segment.bytes': '134217728',
    });
  });

  it("puts a changed setting back, and leaves an operator's own alone", { timeout: minute }, async () => {
    await byHand('timers', {
      'message.timestamp.type': 'LogAppendTime',
      'retention.ms': '60000',
      'segment.ms': '777000',
    });
    expect((await planned()).steps).toMatchObject([
      { step: 'alter-config', subject: 'timers', settings: { 'retention.ms': String(30 * 24 * 3_600_000) } },
    ]);
    await applyTopology(wanted, services(), () => undefined);
    expect(await planned()).toMatchObject({ steps: [], refusals: [] });
    expect(await settingsOf('timers')).toMatchObject({
      'segment.ms': '777000',
      'message.timestamp.type': 'LogAppendTime',
    });
  });

  it('makes a configured retention of topics and tables so, and puts the default back', {
    timeout: minute,
  }, async () => {
    const hours = { timers: 48, 'results.seconds': 24 };
    const configured = await wantedOf({ ...topology, retentionHours: hours }, true);
    const steps = planOf(configured, await readState(configured, services())).steps;
    expect(steps).toMatchObject([
      { step: 'alter-config', subject: 'timers', settings: { 'retention.ms': '172800000' } },
      { step: 'set-retention', subject: 'results.seconds', hours: 24 },
    ]);
    await applyTopology(configured, services(), () => undefined);
    expect(planOf(configured, await readState(configured, services())).steps).toEqual([]);
    expect((await planned()).steps).toHaveLength(2);
    await applyTopology(wanted, services(), () => undefined);
    expect((await planned()).steps).toEqual([]);
  });

  it('refuses another number of partitions, key and schema, and then applies nothing', {
    timeout: minute,
  }, async () => {
    const fresh = { name: 'fresh', partitions: 1, key: 'channelId', settings: {} };
    const topics = wanted.topics.map((topic) => {
      if (topic.name === 'live.analytics') return { ...topic, partitions: 3 };
      return topic.name === 'runs' ? { ...topic, key: 'channelId' } : topic;
    });
    const timers = JSON.parse(wanted.schemas.get('timers-value') ?? '');
    timers.fields.push({ name: 'mandatory', type: 'string' });
    const schemas = new Map([...wanted.schemas, ['timers-value', JSON.stringify(timers)]]);
    const plan = await applyTopology({ ...wanted, topics: [...topics, fresh], schemas }, services(), () => {
      throw new Error('a step was taken');
    });
    expect(plan.refusals.map(({ code, subject, reason }) => [code, subject, reason]).sort()).toEqual([
      ['key', 'runs', expect.stringContaining('keyed by run, not by channelId')],
      ['partitions', 'live.analytics', expect.stringContaining('has 2 partitions, not 3')],
      ['schema', 'timers-value', expect.stringContaining('field mandatory is new and has no default')],
    ]);
    expect([...(await kafka.topics()).keys()]).not.toContain('fresh');
  });

  it('takes a new version of a schema that goes with the old one', { timeout: minute }, async () => {
    const timers = JSON.parse(wanted.schemas.get('timers-value') ?? '');
    timers.fields.push({ name: 'optional', type: 'string', default: '' });
    const schemas = new Map([...wanted.schemas, ['timers-value', JSON.stringify(timers)]]);
    const { steps } = await applyTopology({ ...wanted, schemas }, services(), () => undefined);
    expect(steps).toMatchObject([{ step: 'register-schema', subject: 'timers-value' }]);
    // The version before is there still: an older process finds nothing to do.
    expect(await planned({ schemas })).toMatchObject({ steps: [], refusals: [] });
    expect(await planned()).toMatchObject({ steps: [], refusals: [] });
  });

  it('reports a topic that it does not know, and leaves it', { timeout: minute }, async () => {
    await kafka.create({ name: 'somebody.elses', partitions: 1, settings: {} });
    const plan = await applyTopology(wanted, services(), () => undefined);
    expect(plan).toEqual({ steps: [], refusals: [], undeclared: ['somebody.elses'] });
    expect([...(await kafka.topics()).keys()]).toContain('somebody.elses');
  });
});
