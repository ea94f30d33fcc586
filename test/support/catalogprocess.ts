import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Claim, Victims } from '../../src/ports/cachecatalog.ts';

const program = fileURLToPath(new URL('./catalogchild.ts', import.meta.url));

/** Another process that is an owner of a catalog. */
export class CatalogProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  owner = '';

  private constructor(path: string) {
    const child = spawn(process.execPath, ['--no-warnings', program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  static async start(path: string): Promise<CatalogProcess> {
    const started = new CatalogProcess(path);
    started.owner = (await started.#answer()) as string;
    return started;
  }

  pin = (keys: readonly string[]): Promise<unknown> => this.#call('pin', keys);
  claim = (key: string) => this.#call('claim', key) as Promise<Claim>;
  victims = (least: number) => this.#call('victims', { needed: least, least, most: least }) as Promise<Victims>;
  /** Begins a piece of work that changes catalog and ledger, and never ends it. */
  settle = (): Promise<unknown> => this.#call('settle');
  /** Takes the catalog to itself and never gives it back. */
  shut = (): Promise<unknown> => this.#call('shut');

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(name);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }

  [Symbol.asyncDispose] = (): Promise<void> => this.kill();

  async #call(method: string, ...args: readonly unknown[]): Promise<unknown> {
    this.#child.stdin?.write(`${JSON.stringify({ method, args })}\n`);
    return this.#answer();
  }

  async #answer(): Promise<unknown> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('the process of the catalog has ended');
    return JSON.parse(String(value));
  }
}
