import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const launch = fileURLToPath(new URL('../../../src/launch.mjs', import.meta.url));
const empty = mkdtempSync(join(tmpdir(), 'cliptide-launch-'));
afterAll(() => rmSync(empty, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const cliptide = (args: readonly string[], cwd = empty): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [launch, ...args], { cwd }, (error, out, err) =>
      resolve({ code: Number(error?.code ?? 0), out, err }),
    );
  });

describe('the command line', () => {
  it('prints its version and help on standard output, with nothing beside it', async () => {
    const [version, help] = await Promise.all([cliptide(['--version']), cliptide(['--help'])]);
    expect(version).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
    expect(help).toMatchObject({ code: 0, out: expect.stringMatching(/Examples:[\s\S]*Exit codes:/), err: '' });
  });

  it.each([
    [['doctr'], /unknown command 'doctr'\n\(Did you mean doctor\?\)/],
    [['doctor', '--jsn'], /unknown option '--jsn'\n\(Did you mean --json\?\)/],
    [['clip', '--vdo', 'video.mp4', '--chat', 'chat.json'], /unknown option '--vdo'\n\(Did you mean --vod\?\)/],
    [['--config', 'nowhere.json', 'doctor'], /cannot be read\n {2}where: .*nowhere\.json/],
  ])('%j is wrong usage: exit 2, and what was meant', async (args, message) => {
    const ended = await cliptide(args);
    expect(ended).toMatchObject({ code: 2, out: '', err: expect.stringMatching(message) });
    expect(ended.err).not.toMatch(/\n\s+at /);
  });

  it('takes the configuration of the folder that it is started in', async () => {
    const folder = mkdtempSync(join(empty, 'a-'));
    writeFileSync(join(folder, 'cliptide.config.json'), '{"partitions": "secret-looking"}');
    const ended = await cliptide(['doctor'], folder);
    expect(ended).toMatchObject({ code: 2, err: expect.stringMatching(/partitions must be a whole number/) });
    expect(ended.err).not.toContain('secret-looking');
  });

  it('demo refuses a wrong pace before it clears the clips of an earlier one', async () => {
    const folder = mkdtempSync(join(empty, 'demo-'));
    const clip = join(folder, 'demo-clips', '00.02.10-069869dc-source.mp4');
    mkdirSync(dirname(clip));
    writeFileSync(clip, 'earlier');
    for (const pace of ['fast', '0', '1001', '']) {
      const ended = await cliptide(['demo', '--pace', pace], folder);
      expect(ended).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/is no pace\n {2}where: --pace\n/) });
    }
    expect(existsSync(clip)).toBe(true);
  });

  it('ends with 130 when it is interrupted before a command has begun', async () => {
    const interrupt = `const look = setInterval(() => {
      if (process.listenerCount('SIGINT') === 0) return;
      clearInterval(look);
      process.kill(process.pid, 'SIGINT');
    });`;
    const preload = `data:text/javascript,${encodeURIComponent(interrupt)}`;
    const code = await new Promise<unknown>((resolve) => {
      execFile(process.execPath, ['--import', preload, launch, 'topology', 'graph'], (error) => resolve(error?.code));
    });
    expect(code).toBe(130);
  });
});
