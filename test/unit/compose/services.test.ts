import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { describe, expect, it } from 'vitest';
import { compose, imageEnvironment, own, placeOf, root, services } from '../../support/compose.ts';

/** Milliseconds of `90s` or `1m`. */
const duration = (text = '0s'): number => Number.parseInt(text, 10) * (text.endsWith('m') ? 60_000 : 1000);
/** Bytes of `512M` or `4G`. */
const bytes = (text: string): number => Number.parseInt(text, 10) * 2 ** (text.endsWith('G') ? 30 : 20);

/** How services and keys are sorted is ours: topics before their readers. Faults of the schema stay. */
const sorting = [
  'service-keys-order',
  'services-alphabetical-order',
  'top-level-properties-order',
  'service-dependencies-alphabetical-order',
  'service-ports-alphabetical-order',
];

describe('docker-compose.yml', () => {
  it('is what the Compose Specification describes', () => {
    const unsorted = Object.fromEntries(sorting.map((name) => [name, 0 as const]));
    const quotes = { 'require-quotes-in-ports': [2, { quoteType: 'double' }] as [2, Record<string, unknown>] };
    const linter = new DCLinter({ rules: { ...unsorted, ...quotes }, quiet: true, debug: false, exclude: [] });
    const [result] = linter.lintFiles([join(root, 'docker-compose.yml')], false);
    const said = (result?.messages ?? []) as readonly { readonly line: number; readonly message: string }[];
    expect(said.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
    expect(result?.filePath).toContain('docker-compose.yml');
  });

  it('has every part of a cluster', () => {
    const parts = ['apply', 'ingest', 'stateful', 'media', 'kafka', 'registry', 'redis', 'clickhouse', 'grafana'];
    expect(Object.keys(compose.services).sort()).toEqual(parts.sort());
  });

  it('declares what its services name', () => {
    for (const [name, service] of services) {
      for (const secret of service.secrets ?? []) expect(compose.secrets, name).toHaveProperty([secret]);
      for (const network of service.networks) expect(compose.networks, name).toHaveProperty([network]);
      for (const other of Object.keys(service.depends_on ?? {})) expect(compose.services, name).toHaveProperty([other]);
      const named = (service.volumes ?? []).map((mount) => placeOf(mount).source ?? '');
      for (const volume of named.filter((source) => /^[a-z]/.test(source)))
        expect(compose.volumes, name).toHaveProperty([volume]);
    }
  });
});

describe.each(services)('the service %s', (name, service) => {
  it('cannot take the whole machine', () => {
    const limits = service.deploy?.resources?.limits ?? {};
    expect(Object.keys(limits).sort()).toEqual(['cpus', 'memory', 'pids']);
    expect(bytes(String(limits.memory))).toBeLessThanOrEqual(4 * 2 ** 30);
  });

  it('has no rights that it does not need', () => {
    expect(service.cap_drop).toEqual(['ALL']);
    expect(service.security_opt).toEqual(['no-new-privileges:true']);
    // Cliptide's own user is the image's.
    if (service.build === undefined) expect(service.user).toMatch(/^(?!root|0)/);
  });

  it('comes back after a crash and says whether it is well, unless it is done once', () => {
    if (name === 'apply') {
      expect([service.restart, service.healthcheck]).toEqual(['no', { disable: true }]);
      return;
    }
    expect(service.restart).toBe('unless-stopped');
    // Cliptide's own check is the image's.
    if (service.build !== undefined) return;
    expect(service.healthcheck?.test?.[0]).toMatch(/^CMD(-SHELL)?$/);
    expect(duration(service.healthcheck?.interval)).toBeGreaterThan(0);
    expect(service.healthcheck?.retries).toBeGreaterThan(1);
  });

  it('is reached from this machine only, and the stores not even from there', () => {
    for (const port of service.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    const isStore = ['kafka', 'registry', 'redis', 'clickhouse'].includes(name);
    if (isStore) expect([service.ports, service.networks]).toEqual([undefined, ['backend']]);
    expect(compose.networks.backend?.internal).toBe(true);
  });
});

describe('the stores', () => {
  it.each([
    ['kafka', 'kafka-data', compose.services.kafka?.environment?.KAFKA_LOG_DIRS],
    ['redis', 'redis-data', '/data'],
    ['clickhouse', 'clickhouse-data', '/var/lib/clickhouse'],
    ['grafana', 'grafana-data', '/var/lib/grafana'],
  ])('%s keeps what it holds in a volume with a name', (name, source, target) => {
    const places = (compose.services[name]?.volumes ?? []).map(placeOf);
    expect(places).toContainEqual({ source, target });
  });

  it("the registry keeps its schemas in Kafka, and refuses what today's readers could not read", () => {
    expect(compose.services.registry?.environment).toMatchObject({
      APICURIO_STORAGE_KIND: 'kafkasql',
      APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: 'kafka:9092',
      APICURIO_RULES_GLOBAL_COMPATIBILITY: 'BACKWARD',
    });
  });

  it('Kafka makes no topic that nobody declared, and has one broker to copy to', () => {
    const settings = Object.entries(compose.services.kafka?.environment ?? {});
    expect(Object.fromEntries(settings).KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
    const copies = settings.filter(([key]) => /REPLICATION_FACTOR$|MIN_ISR$/.test(key));
    expect(copies.length).toBeGreaterThan(4);
    expect(copies.filter(([, value]) => value !== '1')).toEqual([]);
  });
});

describe.each(own)("Cliptide's %s", (name, service) => {
  it('runs from a disk that it cannot change, with a volume for all that it writes', () => {
    expect(service.read_only).toBe(true);
    const places = (service.volumes ?? []).map(placeOf);
    // A replica has its own cache; the clips are everybody's.
    expect(places).toContainEqual({ source: undefined, target: imageEnvironment.CLIPTIDE_DATA_DIR });
    expect(places).toContainEqual({ source: 'clips', target: imageEnvironment.CLIPTIDE_CLIPS_DIR });
  });

  it('has somebody who reaps the children of ffmpeg, and time to end by itself', () => {
    expect(service.init).toBe(true);
    const deadlineMs = Number(service.environment?.CLIPTIDE_SHUTDOWN_DEADLINE_MS ?? 10_000);
    expect(duration(service.stop_grace_period)).toBeGreaterThan(deadlineMs);
  });

  it('starts when the stores are well and the topology is applied', () => {
    const stores = ['kafka', 'registry', 'redis', 'clickhouse'].map((store) => [
      store,
      { condition: 'service_healthy' },
    ]);
    const applied = name === 'apply' ? [] : [['apply', { condition: 'service_completed_successfully' }]];
    expect(service.depends_on).toEqual(Object.fromEntries([...stores, ...applied]));
  });

  it('can be had more than once, but for the one that watches the sources', () => {
    expect(service).not.toHaveProperty('container_name');
    if (name !== 'ingest') expect(service.ports).toBeUndefined();
  });
});
