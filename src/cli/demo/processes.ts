import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { CliptideError } from '../../domain/errors.ts';

const launcher = fileURLToPath(new URL('../../launch.mjs', import.meta.url));

/** A process of its own that runs some of the roles. */
export interface RoleProcess {
  /** Rejects when it ends without having been stopped. */
  readonly ended: Promise<never>;
  /** Resolves when it has drained and is gone. */
  stop(): Promise<void>;
}

export interface RoleProcessOptions {
  readonly roles: readonly string[];
  readonly node: string;
  readonly dataDir: string;
  /** `CLIPTIDE_*`; also the secrets, which no command line shows. */
  readonly env: Readonly<Record<string, string>>;
}

/** Starts `cliptide run` with these roles; resolves when it says that it runs. */
export async function startRoles(options: RoleProcessOptions): Promise<RoleProcess> {
  const args = [launcher, 'run', '--roles', options.roles.join(','), '--node', options.node, '--data', options.dataDir];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...options.env },
    // The channel ends with this process, and the child with it. A Ctrl-C is for this process to pass on.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    detached: true,
  });
  let isStopping = false;
  const said: string[] = [];
  const exited = once(child, 'exit');
  const ended = exited.then(() => {
    if (isStopping) return new Promise<never>(() => undefined);
    throw new CliptideError('internal', `the process of ${options.node} ended: ${said.join(' ')}`);
  });
  ended.catch(() => undefined);
  await Promise.race([ended, running(child, said)]);
  return {
    ended,
    stop: async () => {
      isStopping = true;
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function running(child: ChildProcess, said: string[]): Promise<void> {
  const { stderr } = child;
  if (stderr === null) return Promise.resolve();
  return new Promise((resolve) => {
    createInterface(stderr).on('line', (line) => {
      said.push(line);
      if (said.length > 5) said.shift();
      if (line.startsWith('running;')) resolve();
    });
  });
}
