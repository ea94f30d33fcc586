import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { shellUnset, shellVariables } from '../../../scripts/services/variables.ts';
import { loadConfig } from '../../../src/config/load.ts';

it('what `services env` prints is a configuration that reaches the services', () => {
  const text = shellVariables({
    kafka: '127.0.0.1:1,127.0.0.1:2',
    registry: 'http://127.0.0.1:3/apis/ccompat/v7',
    redis: 'redis://127.0.0.1:4',
    clickhouse: 'http://cliptide:secret@127.0.0.1:5',
  });
  const variables = [...text.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name = '', value = '']) => [name, value]);
  const { cluster } = loadConfig({ cwd: '/', env: Object.fromEntries(variables), overrides: {}, retained: [] });
  expect(cluster?.kafka.brokers).toEqual(['127.0.0.1:1', '127.0.0.1:2']);
  expect(cluster?.registry.url).toBe('http://127.0.0.1:3/apis/ccompat/v7');
  expect(cluster?.redis?.url).toBe('redis://127.0.0.1:4');
  expect(cluster?.clickhouse).toMatchObject({ url: 'http://127.0.0.1:5', login: { username: 'cliptide' } });
  expect(shellVariables({ redis: 'redis://127.0.0.1:4' })).toBe("export CLIPTIDE_REDIS_URL='redis://127.0.0.1:4'\n");
});

it('what `services env --unset` prints takes all of that away again', () => {
  const everything = {
    kafka: '127.0.0.1:1',
    registry: 'http://127.0.0.1:3',
    redis: 'redis://127.0.0.1:4',
    clickhouse: 'http://cliptide:secret@127.0.0.1:5',
  };
  const script = `${shellVariables(everything)}${shellUnset()}env`;
  const left = execFileSync('sh', ['-c', script], { env: { PATH: process.env.PATH }, encoding: 'utf8' });
  expect(left).not.toContain('CLIPTIDE_');
});
