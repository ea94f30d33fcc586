import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ChildSpec } from './part.ts';

const script = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A process that plays a part in a cluster, and what it says: "owns N" each time it is given partitions, and more. */
export class ClusterChild {
  readonly lines: string[] = [];
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  readonly #child: ChildProcess;
  #heard: (() => void)[] = [];

  constructor(spec: ChildSpec) {
    const args = ['--disable-warning=ExperimentalWarning', '--disable-warning=TimeoutNegativeWarning', script];
    // Compiling is half of a start: a process that ends by itself leaves it to the others.
    const env = { ...process.env, NODE_COMPILE_CACHE: join(tmpdir(), 'cliptide-compiled') };
    const child = spawn(process.execPath, [...args, JSON.stringify(spec)], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#child = child;
    createInterface(child.stdout).on('line', (line) => {
      this.lines.push(line);
      this.#wake();
    });
    this.ended = once(child, 'close').then(([code, signal]) => code ?? signal);
    void this.ended.then(() => this.#wake());
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Resolves when it has said enough; rejects when it ends before. */
  async says(isEnough: (lines: readonly string[]) => boolean): Promise<void> {
    while (!isEnough(this.lines)) {
      if (this.isOver) throw new Error(`it ended before it said what was wanted: ${this.lines.slice(-5).join(' | ')}`);
      await new Promise<void>((resolve) => this.#heard.push(resolve));
    }
  }

  /** Resolves when its stage was started, and SIGTERM drains it. */
  started(): Promise<void> {
    return this.says((lines) => lines.includes('started'));
  }

  /** Resolves when it has been given partitions. */
  owns(): Promise<void> {
    return this.says((lines) => lines.some((line) => line.startsWith('owns ')));
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Sends a signal and resolves with what ended it. Who is stopped goes on: it would never take it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    if (!this.isOver) for (const each of [signal, 'SIGCONT'] as const) this.#child.kill(each);
    return this.ended;
  }

  #wake(): void {
    const heard = this.#heard;
    this.#heard = [];
    for (const wake of heard) wake();
  }
}
