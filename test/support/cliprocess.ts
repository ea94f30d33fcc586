import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const launch = fileURLToPath(new URL('../../src/launch.mjs', import.meta.url));

const running = new Set<ChildProcess>();

/** Ends what a test that failed in the middle has left. */
export function endProcesses(): void {
  for (const child of running) child.kill('SIGKILL');
}

export interface ProcessOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What standard input holds from the start; it stays open. */
  readonly input?: string;
}

/** The command line at work, as an operator's shell would run it. */
export class CliProcess implements AsyncDisposable {
  out = '';
  err = '';
  readonly pid: number;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  private readonly child: ChildProcess;
  private readonly waiting = new Set<() => void>();

  constructor(args: readonly string[], { cwd, env = {}, input }: ProcessOptions) {
    const stdin = input === undefined ? 'ignore' : 'pipe';
    const child = spawn(process.execPath, [launch, ...args], {
      cwd,
      // Compiling is half of a start: a process that ends by itself leaves it to the others.
      env: { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'cliptide-compiled'), ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    this.child = child;
    this.pid = child.pid ?? 0;
    child.stdout?.on('data', (chunk) => this.heard('out', chunk));
    child.stderr?.on('data', (chunk) => this.heard('err', chunk));
    if (input !== undefined) this.write(input);
    this.ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
    running.add(child);
    void this.ended.then(() => {
      running.delete(child);
      this.wake();
    });
  }

  /** Writes to its standard input, which may be closed already. */
  write(text: string): void {
    this.child.stdin?.on('error', () => undefined);
    this.child.stdin?.write(text);
  }

  closeInput(): void {
    this.child.stdin?.end();
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.child.kill(signal);
    return this.ended;
  }

  /** Ends what a test that failed in the middle has left, before what it works on goes. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGKILL');
  }

  /** Resolves when it has printed this; rejects with all it has printed when it ends first. */
  async prints(what: RegExp): Promise<void> {
    let isOver = false;
    void this.ended.then(() => {
      isOver = true;
    });
    while (!what.test(this.err) && !what.test(this.out)) {
      if (isOver) throw new Error(`it ended without printing ${what}:\n${this.out}\n${this.err}`);
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  private heard(where: 'out' | 'err', chunk: Buffer): void {
    this[where] += chunk.toString('utf8');
    this.wake();
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}

/** Runs a command to its end. */
export async function cliptide(args: readonly string[], options: ProcessOptions) {
  const process = new CliProcess(args, options);
  const code = await process.ended;
  return { code, out: process.out, err: process.err };
}

/** Command lines of the processes that have this text in theirs, such as a data folder. */
export function processesWith(text: string): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(text) && !line.startsWith('ps '));
}
