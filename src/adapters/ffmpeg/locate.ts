import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, chmod } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { CliptideError } from '../../domain/errors.ts';

export type ToolName = 'ffmpeg' | 'ffprobe';

export interface ToolLocation {
  /** Absolute path of the executable. */
  readonly path: string;
  /** As the tool prints it, such as `5.1.9-0+deb12u1`. */
  readonly version: string;
  /** `configured`: CLIPTIDE_FFMPEG or CLIPTIDE_FFPROBE; `path`: the PATH; `npm`: a package that came with npm. */
  readonly origin: 'configured' | 'path' | 'npm';
}

const oldest = 5;
/** libavformat's major version in ffmpeg 5.0; builds from git print no release number, but always this one. */
const oldestLibavformat = 59;

const run = promisify(execFile);
const require = createRequire(import.meta.url);

const suffix = process.platform === 'win32' ? '.exe' : '';

/** Packages whose folder holds the executable, for this platform; each may be absent. */
const packages: Readonly<Record<ToolName, string>> = {
  ffmpeg: `@ffmpeg-binary/${process.platform}-${process.arch}`,
  ffprobe: `@ffprobe-installer/${process.platform}-${process.arch}`,
};

const variable = (name: ToolName): string => `CLIPTIDE_${name.toUpperCase()}`;

/**
 * Finds ffmpeg or ffprobe: the configured path, else the PATH, else the package that came with npm. A configured tool
 * that cannot be used is an error; a PATH's one is passed over when a later place has a better one.
 * Rejects with `tool`, or `config` for a configured one, saying what was found where and what to do.
 */
export async function locateTool(
  name: ToolName,
  configured?: string,
  searchPath: string = process.env.PATH ?? '',
): Promise<ToolLocation> {
  if (configured !== undefined && configured !== '') {
    const path = isAbsolute(configured) || /[\\/]/.test(configured) ? resolve(configured) : undefined;
    const found = path ?? (await firstExecutable(name, configured, searchPath));
    return { path: found, version: await usableVersion(name, found, variable(name)), origin: 'configured' };
  }
  const refused: CliptideError[] = [];
  for (const { path, origin } of candidates(name, searchPath)) {
    if (!(await exists(path))) continue;
    try {
      return { path, version: await usableVersion(name, path, origin === 'path' ? 'PATH' : 'npm'), origin };
    } catch (error) {
      if (!(error instanceof CliptideError)) throw error;
      refused.push(error);
    }
  }
  const [first] = refused;
  if (first !== undefined) throw first;
  throw new CliptideError('tool', `${name} was not found in PATH, and no npm package holds it for this platform`, {
    where: 'PATH',
    hint: `install ffmpeg ${oldest} or newer, or set ${variable(name)} to its path`,
  });
}

function candidates(name: ToolName, searchPath: string): { path: string; origin: 'path' | 'npm' }[] {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => ({ path: resolve(folder, name + suffix), origin: 'path' as const }));
  const packaged = packagedPath(name);
  return packaged === undefined ? found : [...found, { path: packaged, origin: 'npm' }];
}

function packagedPath(name: ToolName): string | undefined {
  try {
    const manifest = name === 'ffmpeg' ? require.resolve(`${packages[name]}/package.json`) : installerManifest();
    return join(dirname(manifest), name + suffix);
  } catch {
    return undefined;
  }
}

/** The installer's platform package may lie below it instead of beside it, so it is resolved from there. */
function installerManifest(): string {
  const installer = require.resolve('@ffprobe-installer/ffprobe/package.json');
  return createRequire(installer).resolve(`${packages.ffprobe}/package.json`);
}

async function firstExecutable(name: ToolName, command: string, searchPath: string): Promise<string> {
  for (const folder of searchPath.split(delimiter)) {
    const path = resolve(folder, command + suffix);
    if (folder !== '' && (await exists(path))) return path;
  }
  throw new CliptideError('config', `${command} is in no folder of the PATH`, {
    where: variable(name),
    hint: `give the absolute path of ${name}`,
  });
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Where it is and this user may; what comes of it is checked by who calls. */
async function makeExecutable(path: string): Promise<void> {
  const isExecutable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!isExecutable) await chmod(path, 0o755).catch(() => undefined);
}

/** Version of a tool that runs and is new enough; rejects otherwise. */
async function usableVersion(name: ToolName, path: string, from: string): Promise<string> {
  const code = from === variable(name) ? 'config' : 'tool';
  const fail = (message: string, hint: string, cause?: unknown): CliptideError =>
    new CliptideError(code, `${name} at ${path} ${message}`, { where: from, hint, cause });
  if (!(await exists(path))) throw fail('does not exist', `correct ${variable(name)} or unset it`);
  // The package leaves this to an install script, and npm may have been told to run none.
  if (from === 'npm') await makeExecutable(path);
  await access(path, constants.X_OK).catch((cause: unknown) => {
    throw fail('is not executable', `run: chmod +x ${path}`, cause);
  });
  const { stdout } = await run(path, ['-version'], { timeout: 15_000, maxBuffer: 1 << 20 }).catch((cause: unknown) => {
    throw fail('does not run', `install ffmpeg ${oldest} or newer, or set ${variable(name)} to one that runs`, cause);
  });
  const version = new RegExp(`^${name} version (\\S+)`).exec(stdout)?.[1];
  if (version === undefined) throw fail('is something else', `set ${variable(name)} to a real ${name}`);
  const library = Number(/^libavformat\s+(\d+)\./m.exec(stdout)?.[1] ?? 0);
  if (library >= oldestLibavformat) return version;
  throw fail(`is version ${version}, which is too old`, `install ffmpeg ${oldest} or newer, or set ${variable(name)}`);
}
