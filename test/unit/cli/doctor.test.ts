import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkChdb } from '../../../src/cli/checks/chdb.ts';
import { checkClips } from '../../../src/cli/checks/clips.ts';
import { checkEvents } from '../../../src/cli/checks/events.ts';
import { checkFolder } from '../../../src/cli/checks/folder.ts';
import { checkNode } from '../../../src/cli/checks/node.ts';
import { checkServices } from '../../../src/cli/checks/services.ts';
import { checkFfmpeg, checkFfprobe } from '../../../src/cli/checks/tools.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { Secret } from '../../../src/config/secret.ts';

const root = mkdtempSync(join(tmpdir(), 'cliptide-doctor-'));
afterAll(() => rmSync(root, { recursive: true }));

const data = { dir: join(root, 'not-yet', 'deep'), capBytes: 1e9, freeSpaceFloorBytes: 0, cacheCapBytes: 1e8 };
const statuses = async (change: Partial<typeof data>) =>
  Object.fromEntries((await checkFolder({ ...data, ...change })).map(({ name, status }) => [name, status]));

describe('doctor', () => {
  it('finds a Node that is too old', () => {
    expect(checkNode('20.1.0', '/old/node')).toMatchObject({ status: 'fail', todo: expect.stringContaining('npm ci') });
    expect(checkNode('24.0.0', '/new/node')).toEqual({ name: 'node', status: 'ok', found: '24.0.0, /new/node' });
  });

  it('finds a source whose events are of another broadcast or channel, or damaged, before `run` gets none of them', async () => {
    const events = join(root, 'events.ndjson');
    const holding = (...lines: readonly string[]) => {
      writeFileSync(events, lines.map((line) => `${line}\n`).join(''));
      return checkEvents({ streamId: 's', channelId: 'c', events });
    };
    const event = { eventId: 'e', streamId: 's', channelId: 'c', atMs: 1, kind: 'viewers', viewers: { count: 1 } };
    const of = (change: object) => holding(JSON.stringify({ ...event, ...change }));
    expect(await of({})).toEqual({ name: 'events s', status: 'ok', found: 'its first event is its own' });
    const streamId = expect.stringContaining('streamId "demo", and this source has "s"');
    expect(await of({ streamId: 'demo' })).toMatchObject({ status: 'warn', found: streamId });
    const channelId = expect.stringContaining('give the source the channelId "demo"');
    expect(await of({ channelId: 'demo' })).toMatchObject({ status: 'warn', todo: channelId });
    const damage = 'first damage: record 1, atMs is missing or no number';
    expect(await of({ atMs: '2026-05-01T18:00:00Z' })).toMatchObject({ status: 'warn', found: damage });
    rmSync(events);
    expect(await checkEvents({ streamId: 's', channelId: 'c', events })).toMatchObject({ status: 'warn' });
  });

  it('finds the tools of this machine with what is needed of them', async () => {
    const findings = [...(await checkFfmpeg(undefined)), await checkFfprobe(undefined)];
    expect(findings.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'ffmpeg ok',
      'ffmpeg encoders ok',
      'ffmpeg filters ok',
      'ffprobe ok',
    ]);
  });

  it('names what an ffmpeg lacks, and what to do about it', async () => {
    const path = join(root, 'ffmpeg');
    const lines = [
      'ffmpeg version 6.0',
      'libavformat    60. 3.100',
      ' V....D libx264  x',
      ' A....D aac  x',
      ' .. scale V->V x',
    ];
    writeFileSync(path, `#!/bin/sh\n${lines.map((line) => `echo '${line}'`).join('\n')}\n`);
    chmodSync(path, 0o755);
    const [, encoders, filters] = await checkFfmpeg(path);
    expect(encoders).toMatchObject({
      status: 'fail',
      found: 'without mjpeg',
      todo: expect.stringContaining('CLIPTIDE_FFMPEG'),
    });
    expect(filters).toMatchObject({ status: 'fail', found: expect.stringContaining('silencedetect') });
  });

  it('says that a configured tool is missing instead of taking another one', async () => {
    expect(await checkFfmpeg(join(root, 'nothing'))).toMatchObject([{ name: 'ffmpeg', status: 'fail' }]);
  });

  it('warns of clips that other processes of a cluster would not find, and says what to do', () => {
    const cluster = { CLIPTIDE_KAFKA_BROKERS: '127.0.0.1:1', CLIPTIDE_REGISTRY_URL: 'http://127.0.0.1:2' };
    const found = (env: Record<string, string>) => checkClips(loadConfig({ cwd: root, env }));
    const todo = expect.stringContaining('clipsDir');
    expect(found(cluster)).toEqual([{ name: 'clips', status: 'warn', found: expect.anything(), todo }]);
    expect(found({ ...cluster, CLIPTIDE_CLIPS_DIR: '/mnt/clips' })).toMatchObject([
      { status: 'ok', found: '/mnt/clips' },
    ]);
    expect(found({})).toMatchObject([{ status: 'ok', found: join(root, '.cliptide', 'clips') }]);
  });

  it('sends people on Windows to WSL, where there is a chDB', async () => {
    expect(await checkChdb('win32')).toMatchObject({ status: 'fail', todo: expect.stringContaining('WSL') });
  });

  it('takes a data folder that is still to be made', async () => {
    expect(await statuses({})).toEqual({ 'data folder': 'ok', 'disk cap': 'ok', 'free space': 'ok', owner: 'ok' });
  });

  it('counts what the data folder holds against its cap', async () => {
    const dir = join(root, 'full');
    mkdirSync(dir);
    writeFileSync(join(dir, 'a'), Buffer.alloc(110e6));
    expect(await statuses({ dir, capBytes: 105e6 })).toMatchObject({ 'disk cap': 'fail' });
    expect(await statuses({ dir, capBytes: 120e6 })).toMatchObject({ 'disk cap': 'warn' });
    expect(await statuses({ dir, capBytes: 1e9 })).toMatchObject({ 'disk cap': 'ok' });
  });

  it('finds a cap under which nothing can be begun', async () => {
    expect(await statuses({ capBytes: 1e6 })).toMatchObject({ 'disk cap': 'fail' });
  });

  it('finds too little free space', async () => {
    expect(await statuses({ freeSpaceFloorBytes: 1e18 })).toMatchObject({ 'free space': 'fail' });
  });

  it('finds a file where the data folder should be', async () => {
    writeFileSync(join(root, 'file'), '');
    expect(await statuses({ dir: join(root, 'file') })).toEqual({ 'data folder': 'fail' });
  });

  it('says which process owns the data folder, and that a killed one does not', async () => {
    const dir = join(root, 'owned');
    mkdirSync(dir);
    const owner = async () => (await checkFolder({ ...data, dir })).find(({ name }) => name === 'owner')?.found;
    expect(await owner()).toBe('none');
    writeFileSync(join(dir, 'log.owner'), `${process.pid}\n`);
    expect(await owner()).toBe(`process ${process.pid} is running`);
    writeFileSync(join(dir, 'log.owner'), '4194399\n');
    expect(await owner()).toBe('none; process 4194399 has gone');
  });

  it("shows a webhook's host, not its path, which is often a secret", async () => {
    const webhooks = [{ url: 'https://hooks.example/T0/c4n4ry', secret: new Secret('s3cr3t') }];
    const events = join(root, 'missing.ndjson');
    const source = {
      streamId: 's',
      channelId: 'c',
      events,
      hls: 'https://a.example/x.m3u8',
      category: '',
      startedAtMs: undefined,
    };
    const findings = await checkServices({ webhooks, sources: [source] });
    expect(findings).toMatchObject([
      { name: 'source s', status: 'warn' },
      { name: 'webhook 1', status: 'ok', found: 'hooks.example, signed' },
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/c4n4ry|s3cr3t/);
  });
});
