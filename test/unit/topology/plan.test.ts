import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planLines, stepLine } from '../../../src/cli/topology/report.ts';
import { wantedOf } from '../../../src/cli/topology/wanted.ts';
import { type Plan, planOf, type Step } from '../../../topology/plan.ts';
import type { ClusterState, SchemaState, Wanted } from '../../../topology/planstate.ts';

const none: ClusterState = {
  topics: new Map(),
  keys: new Map(),
  schemas: new Map(),
  migrations: new Map(),
  retention: new Map(),
};
const wanted = await wantedOf({ partitions: 4, retentionHours: {} }, true);

/** What a cluster has after the steps, by what each of them says it does. */
function applied({ steps }: Plan, state: ClusterState, { migrations }: Wanted): ClusterState {
  const after = {
    topics: new Map(state.topics),
    keys: new Map(state.keys),
    schemas: new Map(state.schemas),
    migrations: new Map(state.migrations),
    retention: new Map(state.retention),
  };
  for (const step of steps) {
    if (step.step === 'create-topic') after.topics.set(step.subject, step.topic);
    else if (step.step === 'alter-config') {
      const { partitions = 0, settings } = after.topics.get(step.subject) ?? {};
      after.topics.set(step.subject, { partitions, settings: { ...settings, ...step.settings } });
    } else if (step.step === 'record-key') after.keys.set(step.subject, step.key);
    else if (step.step === 'register-schema') after.schemas.set(step.subject, 'registered');
    else if (step.step === 'set-retention') after.retention.set(step.table, step.hours);
    else for (const { number, checksum } of migrations) after.migrations.set(number, checksum);
  }
  return after;
}

const whole = applied(planOf(wanted, none), none, wanted);
const kinds = ({ steps }: Plan): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const { step } of steps) counts[step] = (counts[step] ?? 0) + 1;
  return counts;
};

/** A cluster that lacks some of everything, has settings of its own, and topics of others. */
const anyState: fc.Arbitrary<ClusterState> = fc
  .record({
    gone: fc.subarray(wanted.topics.map(({ name }) => name)),
    altered: fc.subarray(wanted.topics.map(({ name }) => name)),
    odd: fc.subarray(
      wanted.topics.map(({ name }) => name),
      { maxLength: 2 },
    ),
    keyless: fc.subarray(wanted.topics.map(({ name }) => name)),
    schemas: fc.array(
      fc.constantFrom<SchemaState>('absent', 'registered', 'registered', 'compatible', { incompatible: 'x' }),
      { minLength: wanted.schemas.size, maxLength: wanted.schemas.size },
    ),
    refusing: fc.boolean(),
    migrations: fc.subarray(wanted.migrations.map(({ number }) => number)),
    retention: fc.array(fc.tuple(fc.constantFrom('seconds', 'clips'), fc.constantFrom(1, 2160, null))),
    others: fc.uniqueArray(fc.stringMatching(/^other-[a-z]{1,5}$/), { maxLength: 3 }),
  })
  .map(({ gone, altered, odd, keyless, schemas, refusing, migrations, retention, others }) => {
    const topics = new Map(whole.topics);
    for (const name of altered) {
      const { partitions = 4, settings } = topics.get(name) ?? {};
      topics.set(name, { partitions, settings: { ...settings, 'retention.ms': '1', 'own.setting': 'x' } });
    }
    if (refusing)
      for (const name of odd) topics.set(name, { partitions: 5, settings: topics.get(name)?.settings ?? {} });
    for (const name of gone) topics.delete(name);
    for (const name of others) topics.set(name, { partitions: 1, settings: {} });
    const states = schemas.map((state) => (refusing || typeof state === 'string' ? state : 'registered'));
    return {
      topics,
      keys: new Map([...whole.keys].filter(([name]) => !keyless.includes(name))),
      schemas: new Map([...wanted.schemas.keys()].map((subject, index) => [subject, states[index] ?? 'absent'])),
      migrations: new Map([...whole.migrations].filter(([number]) => migrations.includes(number))),
      retention: new Map(retention),
    };
  });

describe('the plan of a cluster', () => {
  it('makes everything where there is nothing', () => {
    const plan = planOf(wanted, none);
    const count = wanted.topics.length;
    expect(kinds(plan)).toEqual({
      'create-topic': count,
      'record-key': count,
      'register-schema': wanted.schemas.size,
      migrate: 1,
    });
    expect(plan.refusals).toEqual([]);
  });

  it('has nothing left to do once it is applied, and takes nothing away', () => {
    const known: readonly Step['step'][] = [
      'create-topic',
      'alter-config',
      'record-key',
      'register-schema',
      'migrate',
      'set-retention',
    ];
    fc.assert(
      fc.property(anyState, (state) => {
        const plan = planOf(wanted, state);
        expect(plan.steps.filter(({ step }) => !known.includes(step))).toEqual([]);
        const created = plan.steps.filter(({ step }) => step === 'create-topic').map(({ subject }) => subject);
        expect(created.filter((name) => state.topics.has(name))).toEqual([]);
        const after = applied(plan, state, wanted);
        expect(planOf(wanted, after).steps).toEqual([]);
        for (const [name, { partitions }] of state.topics) expect(after.topics.get(name)?.partitions).toBe(partitions);
        expect(plan.undeclared).toEqual([...state.topics.keys()].filter((name) => name.startsWith('other-')).sort());
      }),
    );
  });

  it('leaves settings alone that are none of its own', () => {
    const topics = new Map(whole.topics);
    const { partitions = 0, settings } = topics.get('timers') ?? {};
    topics.set('timers', { partitions, settings: { ...settings, 'min.insync.replicas': '2', 'retention.ms': '5' } });
    const plan = planOf(wanted, { ...whole, topics });
    expect(plan.steps).toMatchObject([
      { step: 'alter-config', subject: 'timers', settings: { 'retention.ms': String(30 * 24 * 3_600_000) } },
    ]);
    expect(Object.keys((plan.steps[0] as { settings: object }).settings)).toEqual(['retention.ms']);
  });

  it('says that a shorter retention lets go of records, and a longer one does not', () => {
    const textAt = (retention: string): string => {
      const { partitions = 0, settings } = whole.topics.get('timers') ?? {};
      const found = { partitions, settings: { ...settings, 'retention.ms': retention } };
      const plan = planOf(wanted, { ...whole, topics: new Map([...whole.topics, ['timers', found] as const]) });
      return plan.steps.map(({ text }) => text).join();
    };
    expect(textAt('-1')).toContain('let go of records that are older');
    expect(textAt('9000000000')).toContain('let go of records that are older');
    expect(textAt('1')).not.toContain('let go');
  });

  it('changes what a table keeps, for ever and back, and says when rows go', async () => {
    const retentionHours = { 'results.seconds': 24, 'results.clips': 48 };
    const configured = await wantedOf({ partitions: 4, retentionHours }, true);
    expect(planOf(configured, whole).steps).toMatchObject([
      { step: 'set-retention', subject: 'results.seconds', table: 'seconds', hours: 24 },
      { step: 'set-retention', subject: 'results.clips', table: 'clips', hours: 48 },
    ]);
    for (const { text } of planOf(configured, whole).steps) expect(text).toContain('let go of rows that are older');
    const back = planOf(wanted, applied(planOf(configured, whole), whole, configured));
    expect(back.steps.map(({ text }) => text)).toEqual([
      'change what table seconds keeps from 24 hours to 2160 hours',
      'change what table clips keeps from 48 hours to everything',
    ]);
  });

  it('is lines of JSON of which the last one counts', () => {
    const topics = new Map([...whole.topics, ['live.analytics', { partitions: 8, settings: {} }] as const]);
    const lines = planLines(
      planOf(wanted, { ...whole, topics: new Map([...topics, ['x', { partitions: 1, settings: {} }]]) }),
    );
    expect(lines).toMatchObject([
      { kind: 'refusal', code: 'partitions', subject: 'live.analytics' },
      { kind: 'refusal', code: 'cleanup', subject: 'live.analytics' },
      { kind: 'undeclared', topic: 'x' },
      { kind: 'plan', steps: 1, refusals: 2, undeclared: 1 },
    ]);
    const [step] = planOf(wanted, none).steps;
    expect(step && stepLine(step)).toMatchObject({ kind: 'step', step: 'create-topic', subject: 'live.analytics' });
  });

  it.each([3, 8])('refuses another number of partitions (%i) with the reason', (partitions) => {
    const settings = whole.topics.get('live.analytics')?.settings ?? {};
    const topics = new Map([...whole.topics, ['live.analytics', { partitions, settings }] as const]);
    expect(planOf(wanted, { ...whole, topics })).toMatchObject({
      steps: [],
      refusals: [{ code: 'partitions', subject: 'live.analytics', reason: expect.stringContaining('keys would move') }],
    });
  });

  it('refuses another key, another policy, an incompatible schema and a changed migration', () => {
    const settings = { ...whole.topics.get('score.changelog')?.settings, 'cleanup.policy': 'delete' };
    const plan = planOf(wanted, {
      topics: new Map([...whole.topics, ['score.changelog', { partitions: 4, settings }] as const]),
      keys: new Map([...whole.keys, ['runs', 'channelId'] as const]),
      schemas: new Map<string, SchemaState>([...whole.schemas, ['timers-value', { incompatible: 'field x' }] as const]),
      migrations: new Map([...whole.migrations, [1, 'other'] as const]),
      retention: whole.retention,
    });
    expect(plan.steps).toEqual([]);
    expect(plan.refusals.map(({ code, subject }) => `${code} ${subject}`).sort()).toEqual([
      'cleanup score.changelog',
      'key runs',
      'migration 001-tables.sql',
      'schema timers-value',
    ]);
    for (const { reason, hint } of plan.refusals) expect([reason, hint]).not.toContain('');
  });
});
