import { toCliptideError } from '../../domain/errors.ts';
import { tailScope } from '../../domain/scopes.ts';
import type { RecentArchives } from '../../ports/archive.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ArchiveView } from '../../ports/mediacache.ts';
import type { Running } from '../dependencies.ts';
import { StreamTail, type TailParts } from './streamtail.ts';
import { tailOf } from './wanted.ts';

export interface TailDependencies extends TailParts {
  readonly archives: RecentArchives;
  readonly clock: Clock;
}

/** How often the log is asked for new segments; a playlist's are seconds long. */
const everyMs = 1_000;

/**
 * A worker that keeps the rolling tails of the channels whose tasks it is given: of each live archive whose playlist is
 * shorter than clips take to be made. It ends with the worker.
 */
export function withTails(worker: Running, deps: TailDependencies): Running {
  const stopping = new AbortController();
  const tails = new Tails(deps);
  const partitions = (): ReadonlySet<number> =>
    new Set(worker.progress.flatMap((stage) => [...stage.partitions].map(({ partition }) => partition)));
  const following = tails.run(partitions, stopping.signal);
  return {
    ...worker,
    stop: async () => {
      stopping.abort();
      await following;
      await worker.stop();
    },
  };
}

/** The tails of a process. */
export class Tails {
  readonly #deps: TailDependencies;
  readonly #streams = new Map<string, StreamTail>();
  readonly #busy = new Map<string, Promise<void>>();

  constructor(deps: TailDependencies) {
    this.#deps = deps;
  }

  async run(partitions: () => ReadonlySet<number>, signal: AbortSignal): Promise<void> {
    const { clock, logger } = this.#deps;
    while (!signal.aborted) {
      await this.step(partitions(), signal).catch((error: unknown) => {
        if (!signal.aborted) logger.warn('Tails are not kept for now', { reason: toCliptideError(error).message });
      });
      await clock.sleep(everyMs, signal).catch(() => undefined);
    }
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
