import { toCliptideError } from '../../domain/errors.ts';
import { tailScope } from '../../domain/scopes.ts';
import type { RecentArchives } from '../../ports/archive.ts';
import type { ArchiveView } from '../../ports/mediacache.ts';
import { againAndAgain, type Companion } from '../beside.ts';
import { StreamTail, type TailParts } from './streamtail.ts';
import { tailOf } from './wanted.ts';

export interface TailDependencies extends TailParts {
  readonly archives: RecentArchives;
}

/**
 * The rolling tails of the channels whose tasks a worker is given: of each live archive whose playlist is shorter than
 * clips take to be made. They end with the worker.
 */
export class Tails implements Companion {
  readonly #deps: TailDependencies;
  readonly #streams = new Map<string, StreamTail>();
  readonly #busy = new Map<string, Promise<void>>();

  constructor(deps: TailDependencies) {
    this.#deps = deps;
  }

  async run(partitions: () => ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const step = () => this.step(partitions(), signal);
    await againAndAgain(this.#deps, 'Tails are not kept for now', step, signal);
    await this.idle();
    for (const tail of this.#streams.values()) await tail.close();
    this.#streams.clear();
  }

  /** Looks for new segments once, and begins to fetch them; a slow origin holds up its own channel only. */
  async step(partitions: ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const { archives, clock, settings } = this.#deps;
    const sinceMs = clock.now() - settings.seconds * 1_000;
    const found = await Promise.all([...partitions].map((partition) => archives.recent(partition, sinceMs)));
    const renditions = found.flat().flatMap(renditionsOf);
    const wanted = new Map(renditions.filter(([, view]) => tailOf(view, settings.seconds).length > 0));
    for (const [name, tail] of this.#streams) {
      if (wanted.has(name) || this.#busy.has(name)) continue;
      this.#streams.delete(name);
      await tail.close();
    }
    for (const [name, view] of wanted) this.#follow(name, view, signal);
  }

  /** Resolves when no segment is being fetched. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values());
    await Promise.all([...this.#streams.values()].map((tail) => tail.idle()));
  }

  #follow(name: string, view: ArchiveView, signal: AbortSignal): void {
    const { streamId } = view;
    if (this.#busy.has(name)) return;
    const following = this.#tailOf(name, view)
      .then((tail) => tail.follow(view, signal))
      .catch((error: unknown) => {
        if (signal.aborted) return;
        this.#deps.logger.warn('A tail is not kept for now', { streamId, reason: toCliptideError(error).message });
      })
      .finally(() => this.#busy.delete(name));
    this.#busy.set(name, following);
  }

  async #tailOf(name: string, { streamId, channelId }: ArchiveView): Promise<StreamTail> {
    const { ledger, settings, logger } = this.#deps;
    const known = this.#streams.get(name);
    if (known !== undefined) return known;
    await ledger.setCap(tailScope(channelId), settings.capBytes);
    const tail = new StreamTail(this.#deps, channelId);
    this.#streams.set(name, tail);
    logger.info('Keeping a tail: the live playlist is shorter than clips take', { streamId, channelId, ...settings });
    return tail;
  }
}

/** An archive by a name of its own, and its sound where that is apart. */
function renditionsOf(view: ArchiveView): (readonly [string, ArchiveView])[] {
  const { streamId, sound } = view;
  const picture = [streamId, view] as const;
  return sound === undefined ? [picture] : [picture, [`${streamId} sound`, { ...view, segments: sound }]];
}
