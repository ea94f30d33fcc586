import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Layout, requirements } from '../layout.ts';
import { findInPath } from './path.ts';
import { runProgram } from './run.ts';

export const neededPython = '3.10';

const check = `import ensurepip, sys, venv; sys.exit(sys.version_info < (${neededPython.replace('.', ', ')}))`;

/** A Python that can make environments with pip in them; undefined where there is none. */
export function findPython(): string | undefined {
  const path = findInPath('python3');
  return path !== undefined && spawnSync(path, ['-c', check], { stdio: 'ignore' }).status === 0 ? path : undefined;
}

export const s3InPlace = (layout: Layout): boolean => existsSync(layout.s3);

/** Has pip fetch the S3 server into an environment of its own. The folder has its name only when it is complete. */
export async function fetchS3(layout: Layout, python: string, signal: AbortSignal): Promise<void> {
  const part = `${layout.s3}.part`;
  rmSync(part, { recursive: true, force: true });
  const options = { log: join(layout.logs, 'pip.log'), signal };
  await runProgram(python, ['-m', 'venv', part], options);
  const install = ['install', '--quiet', '--no-input', '--disable-pip-version-check', '--requirement', requirements];
  await runProgram(join(part, 'bin', 'python'), ['-m', 'pip', ...install], options);
  renameSync(part, layout.s3);
}
