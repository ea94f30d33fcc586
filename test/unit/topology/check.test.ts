import { describe, expect, it } from 'vitest';
import { loadSchemas } from '../../../src/adapters/avro/schemas.ts';
import { checkTopology, type Finding, type Stages, type Topics } from '../../../topology/check.ts';
import { stages } from '../../../topology/graph.ts';
import { topics } from '../../../topology/topics.ts';

const schemas: ReadonlySet<string> = new Set(loadSchemas().keys());

type Changes = { topics?: Topics; stages?: Stages; schemas?: ReadonlySet<string>; partitions?: Record<string, number> };

function codesOf(changes: Changes): string[] {
  const facts = { schemas: changes.schemas ?? schemas, ...(changes.partitions && { partitions: changes.partitions }) };
  const findings = checkTopology({ ...topics, ...changes.topics }, { ...stages, ...changes.stages }, facts);
  return findings.map(({ code, subject }: Finding) => `${code} ${subject}`);
}

describe('the check of the topology', () => {
  it('finds nothing wrong with the one that ships', () => {
    expect(codesOf({})).toEqual([]);
  });

  it('finds a topic that nobody writes and one that nobody reads', () => {
    const lonely = { schema: 'timers', key: 'channelId', cleanup: 'delete' } as const;
    expect(codesOf({ topics: { lonely } })).toEqual(['not-written lonely', 'not-read lonely']);
  });

  it('counts people and other systems as writers and readers', () => {
    const outside = {
      schema: 'timers',
      key: 'channelId',
      cleanup: 'delete',
      externalWriters: ['a person'],
      externalReaders: ['a person'],
    } as const;
    expect(codesOf({ topics: { outside } })).toEqual([]);
  });

  it('finds a stage that names a topic that is not declared', () => {
    const notify = { ...stages.notify, inputs: ['clips.rendered', 'clips.renderd'] };
    expect(codesOf({ stages: { notify } })).toEqual(['unknown-topic notify']);
  });

  it('finds a schema that is missing', () => {
    const fewer = new Set([...schemas].filter((name) => name !== 'timers'));
    expect(codesOf({ schemas: fewer })).toEqual(['schema-missing timers']);
  });

  it('finds every stage whose inputs differ in their number of partitions', () => {
    expect(codesOf({ partitions: { 'channel.settings': 8 } })).toEqual([
      'not-co-partitioned score',
      'not-co-partitioned conduct',
    ]);
  });

  it('finds a stateful stage whose inputs are keyed differently', () => {
    const timers = { ...topics.timers, key: 'run' } as const;
    expect(codesOf({ topics: { timers } })).toEqual(['not-co-partitioned conduct']);
  });

  it('finds a stateful stage without a changelog', () => {
    const score = { ...stages.score, tables: [] };
    expect(codesOf({ stages: { score } })).toEqual(['changelog-missing score', 'not-read score.changelog']);
    const changelog = { ...topics['score.changelog'], cleanup: 'delete' } as const;
    expect(codesOf({ topics: { 'score.changelog': changelog } })).toEqual(['changelog-missing score']);
  });

  it('finds a stage without a dead-letter topic', () => {
    const notify = { ...stages.notify, outputs: [] };
    expect(codesOf({ stages: { notify } })).toEqual(['dead-letters-missing notify', 'not-written notify.dead']);
  });

  it('says what to do about each finding', () => {
    const findings = checkTopology({}, stages, { schemas });
    expect(findings.length).toBeGreaterThan(20);
    for (const { message, hint } of findings) expect([message, hint]).not.toContain('');
  });
});
