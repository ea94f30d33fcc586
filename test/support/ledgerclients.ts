import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PretendDisk } from './ledgerworld.ts';
import { seeded } from './madechat.ts';

const program = fileURLToPath(new URL('./ledgerclient.ts', import.meta.url));
const clients = 8;

export interface ClientsOptions {
  readonly folder: string;
  readonly seed: number;
  /** Of all clients together. */
  readonly operations: number;
  readonly redis?: { readonly url: string; readonly prefix: string };
}

interface Client {
  readonly child: ChildProcess;
  readonly index: number;
  readonly rounds: number;
  done: number;
  readonly ended: Promise<void>;
  isKilled: boolean;
}

/** Eight processes that spend in one ledger. One that is killed is followed by another that does the rest. */
export class LedgerClients implements AsyncDisposable {
  readonly #options: ClientsOptions;
  readonly #random: () => number;
  readonly #running: Client[];
  #failure: Error | undefined;
  #starts = 0;
  /** By clients that were killed. */
  #doneBefore = 0;

  constructor(options: ClientsOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    const each = Math.ceil(options.operations / clients);
    this.#running = Array.from({ length: clients }, (_, index) => this.#start(index, each));
  }

  /** Resolves when this share of all operations has been carried out. */
  async until(share: number): Promise<void> {
    while (this.#done() < share * this.#options.operations) {
      if (this.#failure !== undefined) throw this.#failure;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  /** By SIGKILL, wherever it is. */
  async killOne(): Promise<void> {
    const unfinished = this.#running.filter(({ child }) => child.exitCode === null);
    const client = unfinished[Math.floor(this.#random() * unfinished.length)];
    if (client === undefined) return;
    client.isKilled = true;
    client.child.kill('SIGKILL');
    await client.ended;
    // As the others of a node do: a file that nobody has committed would stay when its lease is over, beyond the cap.
    new PretendDisk(this.#options.folder).part(String(client.index)).close();
    this.#doneBefore += client.done;
    const rest = client.rounds - client.done;
    this.#running[client.index] = this.#start(client.index, rest);
  }

  /** Does something while all of them stand still, wherever they are. */
  async frozen(work: () => Promise<void>): Promise<void> {
    for (const { child } of this.#running) child.kill('SIGSTOP');
    try {
      await work();
    } finally {
      for (const { child } of this.#running) child.kill('SIGCONT');
    }
  }

  /** Rejects with what a client saw that must not be. */
  async done(): Promise<void> {
    await Promise.all(this.#running.map(({ ended }) => ended));
    if (this.#failure !== undefined) throw this.#failure;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#running) {
      client.isKilled = true;
      client.child.kill('SIGKILL');
    }
    await Promise.all(this.#running.map(({ ended }) => ended));
  }

  #done(): number {
    return this.#running.reduce((sum, { done }) => sum + done, this.#doneBefore);
  }

  #start(index: number, rounds: number): Client {
    const { folder, seed, redis } = this.#options;
    const own = seed + this.#starts++;
    const place = redis === undefined ? [folder] : [folder, redis.url, redis.prefix];
    const child = spawn(process.execPath, ['--no-warnings', program, `${own}`, `${index}`, `${rounds}`, ...place], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += chunk;
    });
    const ended = once(child, 'close').then(([code]) => {
      if (code !== 0 && !client.isKilled) this.#failure ??= new Error(`a client ended with ${code}: ${said}`);
    });
    const client: Client = { child, index, rounds, done: 0, ended, isKilled: false };
    if (child.stdout !== null) {
      createInterface(child.stdout).on('line', (line) => {
        client.done = Number(line);
      });
    }
    return client;
  }
}
