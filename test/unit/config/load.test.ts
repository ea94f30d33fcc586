import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LoadOptions, loadConfig } from '../../../src/config/load.ts';
import { userKeyOf } from '../../../src/config/userkey.ts';
import { CliptideError } from '../../../src/domain/errors.ts';

let cwd = '';
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cliptide-config-'));
});
afterEach(() => rmSync(cwd, { recursive: true }));

const write = (value: unknown, name = 'cliptide.config.json'): void =>
  writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
const load = (options: Partial<LoadOptions> = {}) => loadConfig({ cwd, env: {}, ...options });

function refusal(options: Partial<LoadOptions> = {}): CliptideError {
  try {
    load(options);
  } catch (error) {
    if (error instanceof CliptideError) return error;
    throw error;
  }
  throw new Error('it was accepted');
}

describe('where values come from', () => {
  it('needs no configuration at all', () => {
    const config = load();
    expect(config.data).toEqual({
      dir: join(cwd, '.cliptide'),
      capBytes: 20e9,
      freeSpaceFloorBytes: 2 ** 30,
      cacheCapBytes: 5e9,
    });
    expect(config.topology.partitions).toBe(4);
    expect(config.render.presets).toEqual(['source']);
  });

  it('takes an option before a variable, a variable before the file, the file before the default', () => {
    write({ partitions: 2, sqlPort: 1111, latenessMs: 3000 });
    const env = { CLIPTIDE_PARTITIONS: '8', CLIPTIDE_SQL_PORT: '2222' };
    const config = load({ env, overrides: { sqlPort: 3333, dataDir: undefined } });
    expect([config.topology.partitions, config.sql.port, config.scoring.latenessMs]).toEqual([8, 3333, 3000]);
    expect(config.data.dir).toBe(join(cwd, '.cliptide'));
  });

  it('reads lists, nested keys and sizes from variables as it does from the file', () => {
    write({ concurrency: { render: 3 }, dataCapBytes: '1.5 TB' });
    const env = {
      CLIPTIDE_PRESETS: 'copy, source',
      CLIPTIDE_CONCURRENCY_REFINE: '5',
      CLIPTIDE_CACHE_CAP_BYTES: '2 GiB',
    };
    const config = load({ env });
    expect(config.render.presets).toEqual(['copy', 'source']);
    expect(config.concurrency).toEqual({ refine: 5, render: 3 });
    expect([config.data.capBytes, config.data.cacheCapBytes]).toEqual([1.5e12, 2 ** 31]);
  });

  it('says what is fetched from and read: hosts, ports and folders, from variables and from the file', () => {
    write({ media: { roots: ['recordings', '/srv/media'] }, fetch: { allow: ['origin.internal:8081'] } });
    const config = load({ env: { CLIPTIDE_FETCH_PORTS: '443, 8081' } });
    expect(config.fetch).toEqual({ allow: ['origin.internal:8081'], ports: [443, 8081] });
    expect(config.media.roots).toEqual([join(cwd, 'recordings'), '/srv/media']);
    for (const allow of ['http://origin.internal', '*.internal', '10.0.0.1/8']) {
      write({ fetch: { allow: ['10.0.0.0/8', allow] } });
      expect(refusal().message).toBe('fetch.allow[1] must be host, host:port, an IP address or a CIDR range');
    }
    write({});
    expect(refusal({ env: { CLIPTIDE_FETCH_PORTS: '80,https' } }).message).toContain('fetch.ports[1] must be');
  });

  it('reads money as dollars, from the file as from variables', () => {
    expect(load().budget).toMatchObject({ llmTokensPerDay: 1e6, llmCostPerDay: 1 });
    write({ budget: { llmCostPerDay: 2.5, llmTokensPerDay: 0 } });
    expect(load().budget).toMatchObject({ llmTokensPerDay: 0, llmCostPerDay: 2.5 });
    expect(load({ env: { CLIPTIDE_BUDGET_LLM_COST_PER_DAY: '0.75' } }).budget.llmCostPerDay).toBe(0.75);
    for (const wrong of ['2.50 dollars', '-1', '0.0000001', '1000001']) {
      const { message } = refusal({ env: { CLIPTIDE_BUDGET_LLM_COST_PER_DAY: wrong } });
      expect(message).toMatch(/budget\.llmCostPerDay must be US dollars such as 2\.50, from 0 to 1000000/);
    }
  });

  it("resolves a file's paths against its own folder, and leaves a bare ffmpeg to the PATH", () => {
    const deep = mkdtempSync(join(cwd, 'etc-'));
    write(
      { dataDir: 'store', ffmpeg: 'ffmpeg7', ffprobe: './bin/ffprobe' },
      join(deep.slice(cwd.length + 1), 'c.json'),
    );
    const config = load({ file: join(deep, 'c.json') });
    expect(config.data.dir).toBe(join(deep, 'store'));
    expect(config.tools).toEqual({ ffmpeg: 'ffmpeg7', ffprobe: join(deep, 'bin/ffprobe') });
  });

  it('gives sources absolute event files and start times in milliseconds', () => {
    const source = { streamId: 's', channelId: 'c', events: 'e.ndjson', hls: 'https://a.example/x.m3u8' };
    write({
      sources: [
        { ...source, startedAt: '2026-05-01T20:00:00+02:00' },
        { ...source, streamId: 't' },
      ],
    });
    const [first, second] = load().sources;
    expect(first).toMatchObject({ events: join(cwd, 'e.ndjson'), startedAtMs: Date.UTC(2026, 4, 1, 18), category: '' });
    expect(second?.startedAtMs).toBeUndefined();
  });

  it('reads options as they are typed', () => {
    expect(load({ overrides: { sqlPort: '4444' } }).sql.port).toBe(4444);
    expect(refusal({ overrides: { sqlPort: 'x' } })).toMatchObject({ code: 'config', where: 'the command line' });
  });

  it('ignores variables that are empty or of other programs', () => {
    expect(load({ env: { CLIPTIDE_PARTITIONS: '', CLIP: 'x', PATH: '/bin' } }).topology.partitions).toBe(4);
  });
});

describe('a wrong configuration stops at start, naming the key and the reason', () => {
  it.each([
    ['an unknown key of the file', { partitons: 2 }, /partitons is no key; did you mean partitions\?/],
    [
      'an unknown nested key',
      { concurrency: { rendr: 2 } },
      /concurrency\.rendr is no key; did you mean concurrency\.render\?/,
    ],
    [
      'an unknown field of a source',
      { sources: [{ hsl: 'x' }] },
      /sources\[0\]\.hsl is no key; did you mean sources\[0\]\.hls\?/,
    ],
    ['a missing field of a source', { sources: [{ streamId: 's' }] }, /sources\[0\]\.channelId is missing/],
    [
      'two sources of one broadcast, whose records would be mixed',
      {
        sources: ['a.ndjson', 'b.ndjson'].map((events) => ({
          streamId: 's',
          channelId: 'c',
          events,
          hls: 'https://a.example/x',
        })),
      },
      /^sources\[1\]\.streamId is also that of sources\[0\]/,
    ],
    ['a number out of range', { partitions: 0 }, /partitions must be a whole number from 1 to 64/],
    ['a wrong type', { highlightsPerHour: 'many' }, /highlightsPerHour must be a number/],
    ['a preset that there is not', { presets: ['sauce'] }, /presets\[0\] must be one of source, copy/],
    [
      'a size without a unit that is known',
      { dataCapBytes: '3 floppies' },
      /dataCapBytes must be a size such as 20 GB/,
    ],
    ['a time without a zone', { sources: [{ startedAt: '2026-05-01' }] }, /sources\[0\]\.startedAt must be .* zone/],
    ['a group that is no object', { concurrency: 3 }, /concurrency must be an object/],
    ['a webhook without a secret', { webhooks: [{ url: 'https://a.example' }] }, /webhooks\[0\] must have either/],
    [
      'a topic that there is not',
      { retentionHours: { 'live.analitics': 1 } },
      /live\.analitics is no topic or table with a retention; did you mean live\.analytics\?/,
    ],
  ])('%s', (_, file, message) => {
    write(file);
    const error = refusal({ retained: ['live.analytics', 'timers'] });
    expect(error.code).toBe('config');
    expect(error.message).toMatch(message);
    expect(error.message + error.where).toContain('cliptide.config.json');
  });

  it.each([
    [{ CLIPTIDE_PARTITON: '2' }, /CLIPTIDE_PARTITON is no variable; did you mean CLIPTIDE_PARTITIONS\?/],
    [{ CLIPTIDE_PARTITIONS: 'four' }, /partitions must be a whole number/],
    [{ CLIPTIDE_PARTITIONS: '2.5' }, /partitions must be a whole number/],
    [{ CLIPTIDE_RETENTION_HOURS: '{' }, /retentionHours must be JSON/],
    [{ CLIPTIDE_SOURCES: '[]' }, /CLIPTIDE_SOURCES is no variable/],
    [{ CLIPTIDE_USER_KEY_FILE: 'nowhere' }, /userKey cannot be read from the file/],
  ])('the environment %j', (env, message) => {
    expect(refusal({ env }).message).toMatch(message);
  });

  it('names every fault at once', () => {
    write({ partitions: 0, nonsense: 1 });
    const { message } = refusal({ env: { CLIPTIDE_SQL_PORT: '-1' } });
    expect(message).toMatch(/3 faults/);
    for (const key of ['partitions', 'nonsense', 'sqlPort']) expect(message).toContain(key);
  });

  it.each([
    [{ overrides: { dataDir: '/proc/nope' } }, 'dataDir'],
    [{ env: { CLIPTIDE_CLIPS_DIR: '/proc' } }, 'clipsDir'],
  ])('refuses a folder where none can be made, instead of trying for ever: %o', (given, key) => {
    expect(() => load(given)).toThrow(`${key} lies in /proc, where no folder can be made`);
  });

  it('says where a file stops being JSON, and that a named file is missing', () => {
    write('{\n  "partitions": 4,\n}');
    expect(refusal().where).toMatch(/cliptide\.config\.json:3:1$/);
    expect(refusal({ file: 'other.json' }).where).toBe(join(cwd, 'other.json'));
  });
});

describe('secrets', () => {
  const canary = 'c4n4ry-of-a-secret';
  const everything = (error: unknown): string => {
    if (!(error instanceof Error)) return '';
    return `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${everything(error.cause)}`;
  };

  it.each([
    ['a wrong webhook secret', { webhooks: [{ url: 'https://a.example', secret: canary }] }, {}],
    ['a secret under a wrong field', { webhooks: [{ url: 'https://a.example', scret: canary }] }, {}],
    ['a password in an address', { webhooks: [{ url: `https://me:${canary}@a.example`, secret: 'x' }] }, {}],
    ['a secret in a file that is not JSON', `{"userKey": ${canary}}`, {}],
    ['a secret that is too short', {}, { CLIPTIDE_USER_KEY: canary.slice(0, 10) }],
    ['a variable that is not JSON', {}, { CLIPTIDE_WEBHOOKS: canary }],
    ['a variable with an unknown name', {}, { CLIPTIDE_USERKEY: canary }],
    ['a secret that is no text', { userKey: [canary] }, {}],
  ])('are not shown by the error for %s', (_, file, env) => {
    write(file);
    expect(everything(refusal({ env }))).not.toContain(canary.slice(0, 10));
  });

  it('are not shown by printing the configuration, and are there for who asks', () => {
    const encoded = Buffer.alloc(32, canary).toString('base64');
    write({ webhooks: [{ url: 'https://a.example', secret: `whsec_${encoded}` }] });
    const config = load({ env: { CLIPTIDE_USER_KEY: canary } });
    const printed = inspect(config, { depth: 9, showHidden: true });
    for (const text of [JSON.stringify(config), `${config.userKey}`, printed]) {
      expect(text).not.toContain(canary);
      expect(text).not.toContain(encoded);
    }
    expect(config.userKey?.reveal()).toBe(canary);
    expect(config.webhooks[0]?.secret.reveal()).toBe(`whsec_${encoded}`);
  });

  it('can be given as files', () => {
    const written = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    write(`${canary}\n`, 'key');
    write(`${written}\n`, 'hook');
    write({ webhooks: [{ url: 'https://a.example', secretFile: 'hook' }] });
    const config = load({ env: { CLIPTIDE_USER_KEY_FILE: 'key' } });
    expect([config.userKey?.reveal(), config.webhooks[0]?.secret.reveal()]).toEqual([canary, written]);
    write(canary, 'hook');
    expect(everything(refusal({ env: {} }))).not.toContain(canary);
  });
});

describe('the key of pseudonyms', () => {
  it('is made once for a data folder, is for its owner only, and stays over restarts', () => {
    const first = userKeyOf(load());
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(userKeyOf(load())).toBe(first);
    expect(statSync(join(cwd, '.cliptide/user.key')).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(cwd, '.cliptide/user.key'), 'utf8')).toBe(first);
  });

  it('is the configured one where there is one', () => {
    expect(userKeyOf(load({ env: { CLIPTIDE_USER_KEY: 'sixteen characters' } }))).toBe('sixteen characters');
  });

  it('is not silently made anew when its file is damaged', () => {
    userKeyOf(load());
    writeFileSync(join(cwd, '.cliptide/user.key'), 'half');
    expect(() => userKeyOf(load())).toThrow(/damaged/);
  });
});
