import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compose, services, textOf } from '../../support/compose.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { shellBlocks } from '../../support/shellblocks.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-secrets-'));
afterAll(() => rmSync(work, { recursive: true }));

describe('secrets', () => {
  it('come from files that git and the image leave out', () => {
    for (const [name, { file }] of Object.entries(compose.secrets)) expect(file).toBe(`./secrets/${name}`);
    expect(textOf('.gitignore').split('\n')).toEqual(expect.arrayContaining(['/secrets/', '/config/']));
    const [first, ...kept] = textOf('.dockerignore')
      .split('\n')
      .filter((line) => /^[^#]/.test(line));
    expect(first).toBe('*');
    expect(kept.filter((line) => /secrets|config$|\*/.test(line))).toEqual([]);
  });

  it('are in no variable, nor on a command line', () => {
    for (const [name, { environment = {}, command, ...service }] of services) {
      for (const [variable, value] of Object.entries(environment)) {
        if (/PASSWORD|SECRET|TOKEN|KEY$|KEY_/.test(variable)) expect(value, name).toMatch(/^\/run\/secrets\/[a-z-]+$/);
      }
      // A shell reads the file; what it reads goes into a variable of its own or a document, not behind a program's name.
      const script = [...(command ?? []), ...(service.healthcheck?.test ?? [])].join('\n');
      for (const line of script.split('\n').filter((text) => text.includes('/run/secrets/')))
        expect(line.trim(), name).toMatch(/^(requirepass |REDISCLI_AUTH=)/);
    }
  });

  it('reach only who uses them', () => {
    const users = Object.keys(compose.secrets).map((secret) => [
      secret,
      services.filter(([, service]) => service.secrets?.includes(secret)).map(([name]) => name),
    ]);
    const cliptide = ['apply', 'ingest', 'stateful', 'media'];
    expect(Object.fromEntries(users)).toEqual({
      'clickhouse-password': [...cliptide, 'clickhouse'],
      'grafana-clickhouse-password': ['clickhouse', 'grafana'],
      'grafana-password': ['grafana'],
      'redis-password': [...cliptide, 'redis'],
      'user-key': cliptide,
    });
  });
});

describeWithPrograms(['openssl'], 'secrets by openssl', () => {
  it('are made by what docs/cluster.md says, different, hard to guess and readable in the containers', () => {
    const [making] = shellBlocks(textOf('docs/cluster.md')).filter(({ commands }) =>
      commands.join().includes('openssl'),
    );
    execFileSync('sh', ['-ec', (making?.commands ?? []).filter((line) => !line.startsWith('docker')).join('\n')], {
      cwd: work,
    });
    const made = readdirSync(join(work, 'secrets'));
    expect(made.sort()).toEqual(Object.keys(compose.secrets).sort());
    const values = made.map((name) => readFileSync(join(work, 'secrets', name), 'utf8').trim());
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) expect(value).toMatch(/^[0-9a-f]{48,}$/);
    // The containers' users are not the one who made them; the folder keeps others of this machine out.
    for (const name of made) expect(statSync(join(work, 'secrets', name)).mode & 0o777).toBe(0o644);
    expect(statSync(join(work, 'secrets')).mode & 0o777).toBe(0o700);
  });
});

describe("Grafana's provisioning", () => {
  const sources = parse(textOf('topology/grafana/provisioning/datasources/clickhouse.yaml')) as {
    readonly datasources: readonly {
      readonly uid: string;
      readonly jsonData: Readonly<Record<string, unknown>>;
      readonly secureJsonData: Readonly<Record<string, string>>;
    }[];
  };
  const providers = parse(textOf('topology/grafana/provisioning/dashboards/cliptide.yaml')) as {
    readonly providers: readonly { readonly options: { readonly path: string } }[];
  };

  it('asks ClickHouse as a user that may only read the results', () => {
    const [source] = sources.datasources;
    expect(source?.uid).toBe('cliptide');
    expect(source?.jsonData).toMatchObject({
      host: 'clickhouse',
      port: 8123,
      protocol: 'http',
      defaultDatabase: 'cliptide',
    });
    expect(source?.secureJsonData.password).toBe('$__file{/run/secrets/grafana-clickhouse-password}');
    const users = textOf('topology/clickhouse-server/grafana.xml');
    expect(users).toContain(`<${source?.jsonData.username}>`);
    expect(users.match(/<query>.*<\/query>/g)).toEqual(['<query>GRANT SELECT ON cliptide.*</query>']);
    expect(users).toContain('<password from_env="GRAFANA_CLICKHOUSE_PASSWORD"/>');
    expect(users).toContain('<readonly>2</readonly>');
  });

  it('finds the dashboards where they are mounted', () => {
    const mounts = compose.services.grafana?.volumes ?? [];
    expect(mounts).toContain(`./topology/grafana:${providers.providers[0]?.options.path}:ro`);
    expect(mounts).toContain('./topology/grafana/provisioning:/etc/grafana/provisioning:ro');
  });
});
