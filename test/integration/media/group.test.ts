import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ffmpeg, { type FfmpegCommand } from 'fluent-ffmpeg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { groupCommand } from '../../../src/adapters/ffmpeg/group.ts';
import { runFfmpeg } from '../../../src/adapters/ffmpeg/run.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-group-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

/**
 * A program in ffmpeg's place; it writes the ids of its processes to the file `pids` beside it. A shell makes that file
 * before it writes to it, so an empty one is the same as none.
 */
async function fake(name: string, body: string): Promise<{ path: string; pids: () => Promise<number[]> }> {
  const path = join(root, name);
  const file = `${path}.pids`;
  await writeFile(path, `#!/bin/sh\npids='${file}'\necho $$ >> "$pids"\n${body}\n`);
  await chmod(path, 0o755);
  const pids = async (): Promise<number[]> => {
    const written = (await readFile(file, 'utf8')).trim();
    if (written === '') throw new Error(`${name} has not written its process id yet`);
    return written.split('\n').map(Number);
  };
  return { path, pids };
}

/** Long enough for a program to have begun and to have said so. */
const shortMs = 3_000;

const run = (ffmpeg: string, deadlineMs: number, signal?: AbortSignal): Promise<number> =>
  runFfmpeg({
    ffmpeg,
    inputs: [{ options: [], uri: 'file:/dev/null' }],
    outputs: [{ options: ['-f', 'null'], target: '-' }],
    deadlineMs,
    signal,
  });

const sourceOf = (name: string): string =>
  fileURLToPath(new URL(`../../../src/adapters/ffmpeg/${name}`, import.meta.url));

/** Whether the process is there, as a zombie too. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function expectGone(pids: readonly number[], count: number): Promise<void> {
  expect(pids).toHaveLength(count);
  await vi.waitFor(() => expect(pids.filter(lives)).toEqual([]), { timeout: 20_000 });
}

/** A process that runs a program in ffmpeg's place, and waits for it. */
function startCliptide(ffmpeg: string): ChildProcess {
  const script = `import { runFfmpeg } from ${JSON.stringify(sourceOf('run.ts'))};
    await runFfmpeg({ ffmpeg: ${JSON.stringify(ffmpeg)}, inputs: [{ options: [], uri: 'file:/dev/null' }],
      outputs: [{ options: ['-f', 'null'], target: '-' }], deadlineMs: 600000 });`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script], { stdio: 'ignore' });
}

const forkingStubborn = `trap '' TERM; sleep 600 & echo $! >> "$pids"; while :; do sleep 1; done`;

describe.skipIf(process.platform === 'win32')('ffmpeg that does not behave', () => {
  it('is ended at its deadline when it hangs', async () => {
    const hanging = await fake('hangs', 'exec sleep 600');
    await expect(run(hanging.path, shortMs)).rejects.toMatchObject({ code: 'timeout' });
    await expectGone(await hanging.pids(), 1);
  });

  it('is killed when it ignores being told to end', async () => {
    const stubborn = await fake('ignores', "trap '' TERM\nwhile :; do sleep 1; done");
    await expect(run(stubborn.path, shortMs)).rejects.toMatchObject({ code: 'timeout' });
    await expectGone(await stubborn.pids(), 1);
  });

  it('takes what it forked along, also when it ended well itself', async () => {
    const forking = await fake(
      'forks',
      '(trap \'\' TERM; exec sleep 600) >/dev/null 2>&1 &\necho $! >> "$pids"\nexit 0',
    );
    await expect(run(forking.path, 20_000)).resolves.toBe(0);
    await expectGone(await forking.pids(), 2);
  });

  it('is ended when the work is called off', async () => {
    const hanging = await fake('calledoff', 'exec sleep 600');
    const controller = new AbortController();
    const running = run(hanging.path, 60_000, controller.signal);
    running.catch(() => undefined);
    await vi.waitFor(hanging.pids, { timeout: 20_000 });
    controller.abort();
    await expect(running).rejects.toMatchObject({ code: 'aborted' });
    await expectGone(await hanging.pids(), 1);
  });

  it('says in words that it crashed', async () => {
    const crashing = await fake('crashes', 'kill -SEGV $$');
    await expect(run(crashing.path, 20_000)).rejects.toThrow(/crashed \(invalid memory access\)/);
  });

  it('says what ffmpeg complained about', async () => {
    const failing = await fake('fails', 'echo "[error] moov atom not found" >&2; exit 1');
    await expect(run(failing.path, 20_000)).rejects.toMatchObject({ code: 'media', message: /moov atom not found/ });
  });

  it('is an error, and no crash of Cliptide, where no process can be started', async () => {
    const { setFfmpegPath } = Ffmpeg.prototype;
    const elsewhere = vi.spyOn(Ffmpeg.prototype, 'setFfmpegPath').mockImplementation(function (this: FfmpegCommand) {
      return setFfmpegPath.call(this, join(root, 'nowhere'));
    });
    try {
      await expect(run('ffmpeg', 20_000)).rejects.toMatchObject({ code: 'tool', message: /could not be started/ });
    } finally {
      elsewhere.mockRestore();
    }
  });

  it('is not started where nobody is left to watch it', async () => {
    const unwatched = await fake('unwatched', 'exit 0');
    const [command, ...args] = groupCommand(unwatched.path, 20_000);
    const leader = spawn(command, args, { stdio: ['pipe', 'ignore', 'ignore'] });
    leader.stdin.end();
    expect(await once(leader, 'exit')).toEqual([1, null]);
    await expect(unwatched.pids()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['', 'exec sleep 600', 1],
    [' although it ignores being told to end, and what it forked too', forkingStubborn, 2],
  ])('is gone soon after Cliptide itself was killed%s', async (_, body, count) => {
    const orphan = await fake(`orphan${count}`, body);
    const parent = startCliptide(orphan.path);
    await vi.waitFor(async () => expect(await orphan.pids()).toHaveLength(count), { timeout: 20_000 });
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expectGone(await orphan.pids(), count);
  });

  it.runIf(process.platform === 'linux')('is gone then also where what watched it was killed before', async () => {
    const orphan = await fake('watched', 'exec sleep 600');
    const parent = startCliptide(orphan.path);
    await vi.waitFor(orphan.pids, { timeout: 20_000 });
    const watchers = async (): Promise<number[]> => {
      const children = await readFile(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8');
      const [leader] = await orphan.pids();
      return children
        .trim()
        .split(' ')
        .map(Number)
        .filter((pid) => pid !== leader);
    };
    const [first] = await watchers();
    if (first === undefined) throw new Error('nobody watches');
    process.kill(first, 'SIGKILL');
    await vi.waitFor(async () => expect(await watchers()).toEqual([expect.not.closeTo(first, 0)]), { timeout: 20_000 });
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await expectGone(await orphan.pids(), 1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'goes on when its whole terminal gets %s: to stop is decided once',
    async (signal) => {
      const go = join(root, `go-${signal}`);
      const waits = `while ! [ -e '${go}' ]; do sleep 0.05; done`;
      const ffmpeg = await fake(`waits-${signal}`, waits);
      const ffprobe = await fake(`probes-${signal}`, `${waits}\necho 'stream|index=0|codec_type=video'`);
      const script = `import { runFfmpeg } from ${JSON.stringify(sourceOf('run.ts'))};
      import { probe } from ${JSON.stringify(sourceOf('ffprobe.ts'))};
      process.on(${JSON.stringify(signal)}, () => console.log('told'));
      const inputs = [{ options: [], uri: 'file:/dev/null' }];
      const outputs = [{ options: ['-f', 'null'], target: '-' }];
      await Promise.all([
        runFfmpeg({ ffmpeg: ${JSON.stringify(ffmpeg.path)}, inputs, outputs, deadlineMs: 600000 }),
        probe({ ffprobe: ${JSON.stringify(ffprobe.path)}, uri: 'file:/dev/null', name: 'it' }),
      ]);`;
      const args = ['--input-type=module-typescript', '-e', script];
      const parent = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
      await vi.waitFor(() => Promise.all([ffmpeg.pids(), ffprobe.pids()]), { timeout: 20_000 });
      const told = once(parent.stdout, 'data');
      process.kill(-(parent.pid ?? 0), signal);
      await told;
      await writeFile(go, '');
      expect(await once(parent, 'exit')).toEqual([0, null]);
    },
  );
});
