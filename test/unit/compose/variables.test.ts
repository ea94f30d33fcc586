import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type KeySpec, keys, variableOf } from '../../../src/config/keys.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { compose, imageEnvironment, own, type Service } from '../../support/compose.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-compose-'));
afterAll(() => rmSync(work, { recursive: true }));

const known = new Set(
  Object.entries<KeySpec>(keys)
    .filter(([, { only }]) => only !== 'file')
    .flatMap(([key, { secret }]) => (secret ? [variableOf(key), `${variableOf(key)}_FILE`] : [variableOf(key)])),
);
/** Names that the configuration of a cluster is about to have. */
const agreed = [
  'CLIPTIDE_CLIPS_DIR',
  'CLIPTIDE_KAFKA_BROKERS',
  'CLIPTIDE_REGISTRY_URL',
  'CLIPTIDE_REDIS_URL',
  'CLIPTIDE_REDIS_PASSWORD_FILE',
  'CLIPTIDE_CLICKHOUSE_URL',
  'CLIPTIDE_CLICKHOUSE_USERNAME',
  'CLIPTIDE_CLICKHOUSE_PASSWORD_FILE',
  'CLIPTIDE_ROLES',
];

/** The variables that a service of Cliptide starts with. */
const variablesOf = (service: Service): [string, string][] =>
  Object.entries({ ...imageEnvironment, ...service.environment }).filter(([name]) => name.startsWith('CLIPTIDE_'));

describe.each(own)('the variables of %s', (_, service) => {
  const variables = variablesOf(service);

  it('are keys of the configuration', () => {
    expect(variables.map(([name]) => name).filter((name) => !known.has(name) && !agreed.includes(name))).toEqual([]);
  });

  it('have values that the configuration takes', () => {
    const env = variables
      .filter(([name]) => known.has(name))
      .map(([name, value]) => {
        if (!name.endsWith('_FILE')) return [name, value];
        const path = join(work, name);
        writeFileSync(path, `${'0123456789abcdef'.repeat(3)}\n`);
        return [name, path];
      });
    const config = loadConfig({ cwd: work, env: Object.fromEntries(env) });
    expect(config.data.dir).toBe('/data');
  });

  it('name services that there are, by their ports inside', () => {
    const hosts = { kafka: '9092', registry: '8080', redis: '6379', clickhouse: '8123' };
    const addressed = variables.flatMap(([, value]) => [...value.matchAll(/(?:^|\/\/)([a-z]+):(\d+)/g)]);
    expect(Object.fromEntries(addressed.map(([, host, port]) => [host, port]))).toEqual(hosts);
    expect(Object.keys(compose.services)).toEqual(expect.arrayContaining(Object.keys(hosts)));
  });

  it('give secrets by the files that are mounted', () => {
    const files = variables.filter(([name]) => name.endsWith('_FILE')).map(([, value]) => value);
    expect(files.sort()).toEqual((service.secrets ?? []).map((secret) => `/run/secrets/${secret}`).sort());
  });
});

it('every role is somewhere, and each in one service', () => {
  const running = own.filter(([, { command }]) => command?.[0] === 'run');
  const roles = running.flatMap(([, service]) => service.environment?.CLIPTIDE_ROLES?.split(',') ?? []);
  expect(roles.sort()).toEqual(['api', 'conduct', 'ingest', 'notify', 'record', 'refine', 'render', 'score']);
});

it('names that were only agreed on are taken off the list once they are keys', () => {
  expect(agreed.filter((name) => known.has(name))).toEqual([]);
});
