import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { locateTool, type ToolName } from '../../adapters/ffmpeg/locate.ts';
import { toCliptideError } from '../../domain/errors.ts';
import { type Finding, fail, ok } from './finding.ts';

const run = promisify(execFile);

const encoders = ['libx264', 'aac', 'mjpeg'];
const filters = ['scale', 'fps', 'trim', 'atrim', 'setpts', 'asetpts', 'silencedetect', 'scdet', 'ebur128'];
const origins = { configured: 'configured', path: 'from the PATH', npm: 'came with npm' } as const;
const todo = 'install an ffmpeg 5 or newer that has them, or set CLIPTIDE_FFMPEG to one';

/** ffmpeg with the encoders and filters that are needed. */
export async function checkFfmpeg(configured: string | undefined): Promise<Finding[]> {
  const [path, finding] = await locate('ffmpeg', configured);
  if (path === undefined) return [finding];
  return [
    finding,
    await checkList(path, 'ffmpeg encoders', '-encoders', encoders),
    await checkList(path, 'ffmpeg filters', '-filters', filters),
  ];
}

export async function checkFfprobe(configured: string | undefined): Promise<Finding> {
  return (await locate('ffprobe', configured))[1];
}

async function locate(name: ToolName, configured: string | undefined): Promise<[string | undefined, Finding]> {
  try {
    const { path, version, origin } = await locateTool(name, configured);
    return [path, ok(name, `${version}, ${origins[origin]}, ${path}`)];
  } catch (error) {
    const failure = toCliptideError(error);
    return [undefined, fail(name, failure.message, failure.hint ?? `install ${name} 5 or newer`)];
  }
}

/** ffmpeg lists one a line: flags, the name, what it is. */
async function checkList(path: string, name: string, option: string, wanted: readonly string[]): Promise<Finding> {
  try {
    const { stdout } = await run(path, ['-hide_banner', option], { timeout: 15_000, maxBuffer: 1 << 22 });
    const there = new Set(stdout.split('\n').map((line) => line.trim().split(/\s+/)[1]));
    const missing = wanted.filter((item) => !there.has(item));
    return missing.length === 0 ? ok(name, wanted.join(', ')) : fail(name, `without ${missing.join(', ')}`, todo);
  } catch (error) {
    return fail(name, `cannot be listed: ${toCliptideError(error).message.split('\n')[0]}`, todo);
  }
}
