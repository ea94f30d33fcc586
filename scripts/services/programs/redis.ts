import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Layout } from '../layout.ts';
import { findInPath } from './path.ts';
import { runProgram } from './run.ts';

const neededRedis = 7;

/** A Redis that is new enough; undefined where there is none. */
export function findRedis(): string | undefined {
  const path = findInPath('redis-server');
  if (path === undefined) return undefined;
  const version = /v=(\d+)/.exec(execFileSync(path, ['--version'], { encoding: 'utf8' }))?.[1];
  return Number(version ?? 0) >= neededRedis ? path : undefined;
}

/** Whether this process may install it, with Debian's tool. */
export const mayInstallRedis = (): boolean => process.getuid?.() === 0 && findInPath('apt-get') !== undefined;

export async function installRedis(layout: Layout, signal: AbortSignal): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { log: join(layout.logs, 'apt-get.log'), signal, env };
  await runProgram('apt-get', ['update', '-q'], options);
  await runProgram('apt-get', ['install', '-yq', '--no-install-recommends', 'redis-server'], options);
}
