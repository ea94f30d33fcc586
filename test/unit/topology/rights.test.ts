import { describe, expect, it } from 'vitest';
import { rightsOf } from '../../../src/cli/topology/rights.ts';
import { rightsCommands } from '../../../src/cli/topology/rightscommands.ts';
import type { ClusterConfig } from '../../../src/config/cluster.ts';
import { roleNames } from '../../../src/config/keys.ts';
import { stages, stagesOf } from '../../../topology/graph.ts';

const cluster: ClusterConfig = {
  kafka: { brokers: ['k:9092'], prefix: 'eu.', tls: false, saslMechanism: 'plain', login: undefined },
  registry: { url: 'http://r', ca: undefined, login: undefined },
  redis: { url: 'redis://q:6379', prefix: 'eu.', ca: undefined, login: undefined },
  clickhouse: { url: 'http://c:8123', database: 'eu', ca: undefined, login: undefined },
};
const rights = rightsOf(roleNames, ['seconds', 'clips']);
const commandsOf = (role: string) =>
  rights.filter(({ subject }) => subject === role).map((one) => rightsCommands(one, cluster))[0];
const granted = (role: string, operation: string): string[] =>
  (commandsOf(role)?.kafka ?? [])
    .filter((line) => line.includes(`--operation ${operation}`))
    .flatMap((line) => [...line.matchAll(/--topic eu\.(\S+)/g)].map(([, name]) => name ?? ''));

describe('the least rights', () => {
  const staged = roleNames.filter((role) => stagesOf(role).length > 0);
  it.each(staged)('let %s read and write what the graph says, and no more', (role) => {
    const own = stagesOf(role).map((name) => stages[name]);
    const inputs = own.flatMap((stage) => stage.inputs);
    const outputs = own.flatMap((stage) => stage.outputs);
    const tables = own.flatMap((stage) => stage.tables ?? []);
    const announced = role === 'ingest' ? ['highlights.detected', 'clips.rendered'] : [];
    expect(granted(role, 'Read').sort()).toEqual([...new Set([...inputs, ...tables, ...announced])].sort());
    expect(granted(role, 'Write').sort()).toEqual([...new Set([...outputs, 'runs'])].sort());
  });

  it('let nobody but the one who applies create or change a topic, and nobody delete one', () => {
    for (const { subject } of rights) {
      const lines = commandsOf(subject)?.kafka.join('\n') ?? '';
      expect(/Create|Alter/.test(lines)).toBe(subject === 'apply');
      expect(lines).not.toMatch(/Delete|All\b|--cluster/);
    }
  });

  it('let an operator send letters again to the inputs of stages and record what was done, and look at groups', () => {
    const written = granted('operator', 'Write');
    for (const topic of [...Object.values(stages).flatMap(({ inputs }) => inputs), 'operator.gaps', 'operator.replays'])
      expect(written).toContain(topic);
    expect(written).not.toContain('score.changelog');
    const groups = commandsOf('operator')?.kafka.filter((line) => line.includes('--group')) ?? [];
    expect(groups.join()).toMatch(/--operation Describe.*eu\.live\.score/);
    expect(groups.join()).not.toContain('Read');
  });

  it('let a role read the groups of its stages', () => {
    expect(commandsOf('record')?.kafka.filter((line) => line.includes('--group'))[0]).toMatch(
      / --group eu\.live\.record --group eu\.live\.keep$/,
    );
    expect(commandsOf('backfill')?.kafka.at(-1)).toMatch(
      /--operation Read --resource-pattern-type prefixed --group eu\.backfill\.$/,
    );
    expect(commandsOf('score')?.kafka.filter((line) => line.includes('--group'))).toEqual([
      'kafka-acls.sh --bootstrap-server k:9092 --add --allow-principal User:cliptide-score --operation Read --group eu.live.score',
    ]);
    expect(commandsOf('ingest')?.kafka.join()).not.toContain('--group');
  });

  it('give ClickHouse to those who write or show results, and Redis to those who count quota', () => {
    const withResults = rights
      .filter(({ subject }) => commandsOf(subject)?.clickhouse.length)
      .map((one) => one.subject);
    expect(withResults).toEqual(['record', 'api', 'backfill', 'apply']);
    expect(commandsOf('record')?.clickhouse).toEqual([
      'GRANT INSERT ON eu.seconds TO cliptide_record;',
      'GRANT INSERT ON eu.clips TO cliptide_record;',
    ]);
    expect(rights.filter(({ subject }) => commandsOf(subject)?.redis.length).map((one) => one.subject)).toEqual([
      'refine',
      'render',
      'record',
      'backfill',
    ]);
    expect(commandsOf('render')?.redis[0]).toContain("~eu.*'");
  });
});
