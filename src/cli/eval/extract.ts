import { liveEvent } from '../../domain/liveevent.ts';
import { pseudonyms } from '../../domain/pseudonym.ts';
import type { LiveEvent } from '../../domain/records.gen.ts';
import type { Candidate } from '../../domain/scoring/candidate.ts';
import { vectorLength } from '../../domain/scoring/features.ts';
import { Lookahead } from '../../domain/scoring/lookahead.ts';
import { defaultModel, weightsOf } from '../../domain/scoring/model.ts';
import { SettingsHistory } from '../../domain/scoring/settings.ts';
import { Stream } from '../../domain/scoring/stream.ts';
import type { TrainingVideo } from '../../domain/tuning/trainingvideo.ts';
import type { ChatSet, LabelledVideo } from './chatset.ts';

/** Chatters' pseudonyms live as long as the memory that they are in, so the key need not be kept. */
const passingKey = 'tune';

/** Measures every second of a video with the production's scorer; no model changes what it measures. */
export function measured(set: ChatSet, place: number, video: LabelledVideo, latenessMs: number): TrainingVideo {
  const collected = new Measurements();
  const stream = new Stream(weightsOf(defaultModel), latenessMs);
  const settings = new SettingsHistory();
  stream.onClosed = (closed, vector) => collected.add(closed, vector);
  stream.start(0, set.category ?? '');
  for (const [offset, event] of events(video).entries()) {
    stream.take({ event, partition: 0, offset });
    stream.advance(settings);
  }
  stream.end(video.lengthSec * 1000, settings);
  return {
    id: video.id,
    set: place,
    category: set.category ?? '',
    rule: set.rule,
    labels: video.labels,
    lengthSec: video.lengthSec,
    ...collected.finish(),
  };
}

function events({ messages }: LabelledVideo): readonly LiveEvent[] {
  const pseudonym = pseudonyms(passingKey);
  return messages.map(({ atMs, user, text }, line) => {
    const fields = { eventId: `line-${line}`, streamId: 'video', channelId: 'set', source: 'chat', atMs, kind: 'chat' };
    return liveEvent(fields, { chat: { userId: pseudonym(user), text, emotes: [], roles: [] } });
  });
}

type Closed = Parameters<NonNullable<Stream['onClosed']>>[0];
type Vector = Parameters<NonNullable<Stream['onClosed']>>[1];

/** Vectors of all seconds, each with the look-ahead that it would have as a maximum. */
class Measurements {
  readonly #lookahead = new Lookahead();
  readonly #complete: Candidate[] = [];
  readonly #interrupted = new Set<number>();
  #second = 0;
  #count = 0;

  add({ second, score, counted, clipRequests, interrupted }: Closed, vector: Vector): void {
    if (interrupted) this.#interrupted.add(this.#count);
    this.#count += 1;
    this.#second = second;
    this.#lookahead.wait({ second, score, emitted: null, vector: vector.slice(), terms: [] });
    this.#complete.push(...this.#lookahead.close(second, counted, clipRequests));
  }

  finish(): Pick<TrainingVideo, 'firstSecond' | 'vectors' | 'interrupted'> {
    this.#complete.push(...this.#lookahead.finish(this.#second));
    const vectors = new Float32Array(this.#complete.length * vectorLength);
    for (const [place, { vector }] of this.#complete.entries()) vectors.set(vector, place * vectorLength);
    return { firstSecond: this.#complete[0]?.second ?? 0, vectors, interrupted: this.#interrupted };
  }
}
