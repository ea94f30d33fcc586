import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { CliptideError } from '../../domain/errors.ts';
import { sum } from '../../domain/quality/predictions.ts';
import type { TrainingVideo } from '../../domain/tuning/trainingvideo.ts';
import { type ChatSet, type LabelledVideo, openChatSet, readVideo } from './chatset.ts';
import { measured } from './extract.ts';

/** Labelled chats, measured. */
export interface MeasuredSets {
  readonly sets: readonly ChatSet[];
  readonly videos: readonly TrainingVideo[];
  /** Times of the messages of each video, in seconds. */
  readonly timesSec: ReadonlyMap<TrainingVideo, readonly number[]>;
  /** By what each chat is known again: the first 16 hexadecimal digits of the SHA-256 over its messages. */
  readonly chats: ReadonlyMap<TrainingVideo, string>;
  readonly labels: number;
  /** SHA-256 over the messages and labels, in hexadecimal. */
  readonly hash: string;
}

export interface Reading {
  readonly latenessMs: number;
  readonly onVideo: (set: string, done: number, of: number) => void;
  readonly signal: AbortSignal;
  /** Told of a set that can't be read, which is then left out; without it the reading rejects. */
  readonly onFault?: (fault: unknown) => void;
}

interface Measured {
  readonly video: TrainingVideo;
  readonly timesSec: readonly number[];
  readonly chat: string;
}

/**
 * Reads and measures the sets of these folders. A fault of a set is also that it has no labels, or the name of another one:
 * nobody could tell them apart, and a chat that is read twice would be learned from and kept out at once.
 */
export async function readSets(folders: readonly string[], reading: Reading): Promise<MeasuredSets> {
  const opened: ChatSet[] = [];
  for (const folder of folders) {
    await orTold(reading, async () => {
      const set = await openChatSet(folder);
      mustBeNew(set, opened);
      opened.push(set);
    });
  }
  let hash = createHash('sha256');
  const sets: ChatSet[] = [];
  const read: Measured[] = [];
  for (const set of opened) {
    await orTold(reading, async () => {
      const withSet = hash.copy();
      read.push(...(await readSet(set, sets.length, reading, withSet)));
      sets.push(set);
      hash = withSet;
    });
  }
  const videos = read.map(({ video }) => video);
  const timesSec = new Map(read.map((one) => [one.video, one.timesSec]));
  const chats = new Map(read.map(({ video, chat }) => [video, chat]));
  const labels = sum(videos.map((video) => video.labels.length));
  return { sets, videos, timesSec, chats, labels, hash: hash.digest('hex') };
}

async function orTold({ onFault, signal }: Reading, work: () => Promise<void>): Promise<void> {
  await work().catch((fault: unknown) => {
    signal.throwIfAborted();
    if (onFault === undefined) throw fault;
    onFault(fault);
  });
}

function mustBeNew(set: ChatSet, others: readonly ChatSet[]): void {
  const other = others.find(({ name }) => name === set.name);
  if (other === undefined) return;
  throw new CliptideError('config', `two sets have the name ${set.name}`, {
    where: `${other.folder}, ${set.folder}`,
    hint: 'give each folder once, and each set.json a name of its own',
  });
}

async function readSet(set: ChatSet, place: number, reading: Reading, hash: Hash): Promise<readonly Measured[]> {
  const { latenessMs, onVideo, signal } = reading;
  const read: Measured[] = [];
  for (const [index, id] of set.ids.entries()) {
    onVideo(set.name, index, set.ids.length);
    await setImmediate();
    signal.throwIfAborted();
    const video = await readVideo(set, id);
    const timesSec = video.messages.map(({ atMs }) => atMs / 1000);
    hash.update(JSON.stringify([set.category, set.rule, video.id, video.labels]));
    read.push({ video: measured(set, place, video, latenessMs), timesSec, chat: chatHash(video, hash) });
  }
  mustBeLabelled(set, read);
  return read;
}

function mustBeLabelled({ folder }: ChatSet, read: readonly Measured[]): void {
  if (read.some(({ video }) => video.labels.length > 0)) return;
  throw new CliptideError('config', 'the set has no labels of kind highlight, so nothing can be right or wrong', {
    where: folder,
    hint: 'mark the moments in <id>.labels.tsv; docs/quality.md describes it',
  });
}

/** Feeds the messages to `all` too. */
function chatHash({ messages }: LabelledVideo, all: Hash): string {
  const own = createHash('sha256');
  for (const { atMs, user, text } of messages) {
    const line = `${atMs}\t${user}\t${text}\n`;
    own.update(line);
    all.update(line);
  }
  return own.digest('hex').slice(0, 16);
}
