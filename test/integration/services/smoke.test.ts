import { randomUUID } from 'node:crypto';
import { createClient } from '@clickhouse/client';
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import { Redis } from 'ioredis';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { describeWithServices } from '../../support/services.ts';

/** Names of this run's own, since the services are shared. */
const name = `smoke-${randomUUID()}`;

describeWithServices(['kafka'], 'Kafka', (addressOf) => {
  it('gives a consumer the record that a producer sent', async () => {
    const kafka = new Kafka({ brokers: addressOf('kafka').split(','), logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    const producer = kafka.producer({ idempotent: true });
    const consumer = kafka.consumer({ groupId: name, maxWaitTimeInMs: 500 });
    try {
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: name, numPartitions: 1 }] });
      await producer.connect();
      await producer.send({ topic: name, messages: [{ key: 'k', value: 'v', headers: { h: 'x' } }] });
      await consumer.connect();
      await consumer.subscribe({ topic: name, fromBeginning: true });
      const received = await new Promise((resolve, reject) => {
        const eachMessage = async ({ message }: { message: { key: Buffer | null; value: Buffer | null } }) =>
          resolve([String(message.key), String(message.value)]);
        consumer.run({ eachMessage }).catch(reject);
      });
      expect(received).toEqual(['k', 'v']);
      await consumer.stop();
      await admin.deleteTopics({ topics: [name] });
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect(), consumer.disconnect()]);
    }
  });

  it('makes no topic that was only asked for', async () => {
    const admin = new Kafka({ brokers: addressOf('kafka').split(','), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    try {
      await expect(admin.fetchTopicMetadata({ topics: [`${name}-unknown`] })).rejects.toThrow(/does not host/);
      expect(await admin.listTopics()).not.toContain(`${name}-unknown`);
    } finally {
      await admin.disconnect();
    }
  });
});

describeWithServices(['registry'], 'the schema registry', (addressOf) => {
  const record = (fields: string): string => `{"type": "record", "name": "Smoke", "fields": [${fields}]}`;
  const field = '{"name": "a", "type": "string"}';

  it('registers a schema and gives it back by its id', async () => {
    const registry = new SchemaRegistry({ host: addressOf('registry') });
    const { id } = await registry.register({ type: SchemaType.AVRO, schema: record(field) }, { subject: name });
    const bytes = await registry.encode(id, { a: 'text' });
    const reader = new SchemaRegistry({ host: addressOf('registry') });
    expect(await reader.decode(bytes)).toEqual({ a: 'text' });
  });

  it('refuses an incompatible one, as Confluent does unless it is told otherwise', async () => {
    const post = (schema: string): Promise<Response> =>
      fetch(`${addressOf('registry')}/subjects/${name}-strict/versions`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/vnd.schemaregistry.v1+json' },
        body: JSON.stringify({ schema }),
      });
    expect((await post(record(field))).status).toBe(200);
    expect((await post(record(`${field}, {"name": "b", "type": "string"}`))).status).toBe(409);
  });
});

describeWithServices(['redis'], 'Redis', (addressOf) => {
  it('answers, and runs scripts', async () => {
    const redis = new Redis(addressOf('redis'));
    try {
      expect(await redis.ping()).toBe('PONG');
      await redis.set(name, '41', 'EX', 60);
      expect(await redis.eval("return redis.call('INCR', KEYS[1])", 1, name)).toBe(42);
    } finally {
      redis.disconnect();
    }
  });
});

describeWithServices(['clickhouse'], 'ClickHouse', (addressOf) => {
  it('gives back the rows that were inserted', async () => {
    const client = createClient({ url: addressOf('clickhouse') });
    const database = name.replaceAll('-', '_');
    try {
      await client.command({ query: `CREATE DATABASE ${database}` });
      await client.command({ query: `CREATE TABLE ${database}.t (a UInt32, b String) ENGINE = MergeTree ORDER BY a` });
      const values = [
        { a: 1, b: 'é' },
        { a: 2, b: "'" },
      ];
      await client.insert({ table: `${database}.t`, values, format: 'JSONEachRow' });
      const answer = await client.query({ query: `SELECT * FROM ${database}.t ORDER BY a`, format: 'JSONEachRow' });
      expect(await answer.json()).toEqual(values);
      await client.command({ query: `DROP DATABASE ${database}` });
    } finally {
      await client.close();
    }
  });
});
