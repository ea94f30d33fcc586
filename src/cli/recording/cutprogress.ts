import type { Metrics } from '../../ports/metrics.ts';
import { formatBytes } from '../bytes.ts';
import { counted } from '../counted.ts';
import type { Terminal } from '../terminal.ts';

const lookEveryMs = 1_000;

/** What is done of a recording's clips and, where it is read from its origin, how much has come: an origin may be slow. */
export class CutProgress implements Disposable {
  readonly #terminal: Terminal;
  readonly #metrics: Metrics;
  readonly #clips: number;
  readonly #timer: NodeJS.Timeout;
  #done = 0;
  #what: string;
  #shown = '';

  constructor(
    { terminal, metrics }: { readonly terminal: Terminal; readonly metrics: Metrics },
    wanted: { readonly moments: number; readonly clips: number },
  ) {
    this.#terminal = terminal;
    this.#metrics = metrics;
    this.#clips = wanted.clips;
    this.#what = `cutting ${counted(wanted.moments, 'moment')}`;
    this.#timer = setInterval(() => this.#show(), lookEveryMs);
    this.#show();
  }

  /** A clip has its file. */
  clip(file: string): void {
    this.#done += 1;
    this.#what = `${this.#done} of ${counted(this.#clips, 'clip')}: ${file}`;
    this.#show();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #show(): void {
    const bytes = this.#metrics.value('cliptide_fetched_bytes_total', { what: 'media' });
    const text = bytes === 0 ? this.#what : `${this.#what} (fetched ${formatBytes(bytes)})`;
    if (text !== this.#shown) this.#terminal.progress([text]);
    this.#shown = text;
  }
}
