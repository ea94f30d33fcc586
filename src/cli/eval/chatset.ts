import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { z } from 'zod';
import { CliptideError } from '../../domain/errors.ts';
import { type HitRule, type Label, parseLabels } from '../../domain/quality/labels.ts';

/** A message of a set; the time counts from the start of the video. */
export interface ChatMessage {
  readonly atMs: number;
  readonly user: string;
  readonly text: string;
}

export interface LabelledVideo {
  readonly id: string;
  readonly messages: readonly ChatMessage[];
  readonly labels: readonly Label[];
  /** Time of the latest message. */
  readonly lengthSec: number;
}

/** A folder of labelled chats. */
export interface ChatSet {
  readonly name: string;
  /** The platform's name of what was shown, or null where it was mixed or is unknown. */
  readonly category: string | null;
  readonly rule: HitRule;
  readonly ids: readonly string[];
  readonly folder: string;
}

const suffix = '.chat.tsv.gz';
const metaSchema = z.object({
  set: z.string().min(1),
  category: z.string().nullable(),
  before_s: z.number(),
  after_s: z.number(),
});
const unzip = promisify(gunzip);
/** No broadcast is longer; a later time is damage, and would have every second up to it measured. */
const longestMs = 7 * 24 * 3_600_000;

const unreadable = (what: string, where: string, cause: unknown): CliptideError =>
  new CliptideError('config', what, {
    where,
    hint: 'a set is a folder with set.json, <id>.chat.tsv.gz and <id>.labels.tsv; docs/quality.md describes it',
    cause,
  });

/** Opens the set of a folder. Rejects with `config` where it is none. */
export async function openChatSet(folder: string): Promise<ChatSet> {
  const path = join(folder, 'set.json');
  const meta = await readFile(path, 'utf8')
    .then((text) => metaSchema.parse(JSON.parse(text)))
    .catch((cause: unknown) => {
      throw unreadable('the set has no readable set.json', path, cause);
    });
  const names = await readdir(folder);
  const ids = names.filter((name) => name.endsWith(suffix)).map((name) => name.slice(0, -suffix.length));
  if (ids.length === 0) throw unreadable('the set has no chat', folder, undefined);
  const rule = { beforeSec: meta.before_s, afterSec: meta.after_s };
  return { name: meta.set, category: meta.category, rule, ids: ids.sort(), folder };
}

/** Reads a video of a set. Rejects with `config` where a file is missing, `damaged` where one can't be read. */
export async function readVideo(set: ChatSet, id: string): Promise<LabelledVideo> {
  const chat = join(set.folder, `${id}${suffix}`);
  const packed = await readFile(chat).catch((cause: unknown) => {
    throw unreadable('a chat of the set cannot be read', chat, cause);
  });
  const text = await unzip(packed).catch((cause: unknown) => {
    throw new CliptideError('damaged', 'the chat is no gzip file, or is cut', { where: chat, cause });
  });
  const messages = parseChat(text.toString('utf8'), chat);
  if (messages.length === 0) throw new CliptideError('damaged', 'the chat has no messages', { where: chat });
  const labelsPath = join(set.folder, `${id}.labels.tsv`);
  const labels = await readFile(labelsPath, 'utf8').catch((cause: unknown) => {
    throw unreadable('the labels of a chat cannot be read', labelsPath, cause);
  });
  const lengthSec = messages.reduce((latest, { atMs }) => Math.max(latest, atMs), 0) / 1000;
  return { id, messages, labels: parseLabels(labels, labelsPath), lengthSec };
}

function parseChat(text: string, where: string): readonly ChatMessage[] {
  const messages: ChatMessage[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line === '') continue;
    const [time, user, ...rest] = line.split('\t');
    const atMs = Number(time);
    if (time === '' || user === undefined || user === '' || !(Math.abs(atMs) <= longestMs)) {
      throw new CliptideError('damaged', 'a message is no "milliseconds TAB user TAB text"', {
        where: `${where}: line ${index + 1}`,
        hint: 'count the milliseconds from the start of the video; at most seven days are read',
      });
    }
    messages.push({ atMs, user, text: rest.join('\t') });
  }
  return messages;
}
