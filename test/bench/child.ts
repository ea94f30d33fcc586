import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const launch = fileURLToPath(new URL('../../src/launch.mjs', import.meta.url));

export interface ChildRun {
  readonly ms: number;
  /** Most memory that the process itself held at a time; 0 where the system does not tell (it is read from /proc). */
  readonly peakBytes: number;
  readonly out: string;
}

/** Runs a program to its end, in this environment with `env`. Rejects when it fails. */
export function runChild(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<ChildRun> {
  const from = performance.now();
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let peakBytes = 0;
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const watch = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakOf(child.pid ?? 0));
  }, 20);
  return new Promise((resolve, reject) => {
    child.on('close', (code) => {
      clearInterval(watch);
      if (code === 0) resolve({ ms: performance.now() - from, peakBytes, out });
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${err.slice(-2000)}`));
    });
  });
}

function peakOf(pid: number): number {
  try {
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kibibytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
