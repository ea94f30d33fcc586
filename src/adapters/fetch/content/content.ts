import { open } from 'node:fs/promises';
import { CliptideError } from '../../../domain/errors.ts';
import type { ContentKind } from '../objectname.ts';
import { beginsBoxes, readBoxes } from './boxes.ts';
import { fragmentsMs } from './fragments.ts';
import { beginsPackedAudio, checkFrames } from './frames.ts';
import { beginsTransportStream, checkPackets, type Found } from './packets.ts';
import { ByteWindow } from './window.ts';

const headBytes = 1024;

/** Media that is shorter than listed by more than this share, and this long, was cut; encoders' hiccups are smaller. */
const leastShare = 0.5;
const mostMissingMs = 1000;

/** Where the content to check lies in a file. `isWhole`: its sender said its length, and that many bytes came. */
export interface ContentCheck {
  readonly path: string;
  readonly from: number;
  readonly to: number;
  readonly isWhole: boolean;
  /** An initialisation section alone, or media. */
  readonly wanted: 'init' | 'segment';
  /** Address or path of its origin, for people. */
  readonly where: string;
  /** What was seen of it as MPEG-TS while it came, where it is that. */
  readonly packets?: Found | undefined;
  /** How long it lasts, as its playlist says, in milliseconds; undefined where nobody said. */
  readonly listedMs?: number | undefined;
}

/**
 * What kind of segment a file holds, by all of its content: MPEG-TS (every packet's sync byte), fragmented MP4 (boxes
 * that fill it exactly, with media in them) or packed audio (ADTS frame after frame, also behind ID3). Rejects with
 * `media` what is none of them, not what is wanted, or far shorter than listed (each of their parts is whole, however
 * many are lost), and with `unavailable` what ends early where its sender did not say how long it is.
 */
export async function checkContent(check: ContentCheck): Promise<ContentKind> {
  const kind = check.packets === undefined ? await kindInFile(check) : whole('ts', check.packets, check);
  if ((kind === 'init') === (check.wanted === 'init')) return kind;
  const what = kind === 'init' ? 'an initialisation section without media' : 'no initialisation section';
  throw new CliptideError('media', `This is ${what}: ${check.where}`, { where: check.where });
}

async function kindInFile(check: ContentCheck): Promise<ContentKind> {
  const file = await open(check.path);
  try {
    return await kindOf(new ByteWindow(file, check.from, check.to), check);
  } finally {
    await file.close();
  }
}

async function kindOf(window: ByteWindow, check: ContentCheck): Promise<ContentKind> {
  const head = (await window.at(check.from, headBytes)).subarray(0, headBytes);
  if (beginsTransportStream(head)) return whole('ts', await checkPackets(window), check);
  if (beginsPackedAudio(head)) return whole('aac', await checkFrames(window), check);
  if (!beginsBoxes(head)) throw noMedia(guess(head), check);
  const boxes = await readBoxes(window, check.isWhole);
  const { verdict, types } = boxes;
  const hasMedia = types.has('mdat') && (types.has('moof') || types.has('moov'));
  const isInit = types.has('moov') && !types.has('moof') && !types.has('mdat');
  const heldMs = verdict === 'whole' && types.has('moof') ? await fragmentsMs(window, boxes) : undefined;
  const kind = whole(isInit ? 'init' : 'mp4', { verdict, heldMs }, check);
  if (!hasMedia && !isInit) throw noMedia('MP4 without any media', check);
  return kind;
}

function whole(kind: ContentKind, { verdict, heldMs }: Found, check: ContentCheck): ContentKind {
  const { where, isWhole, listedMs = 0 } = check;
  const hint = 'Its server sent it cut off, or the playlist is wrong about it; try again later.';
  if (verdict === 'broken') {
    const damaged = 'Its server has it damaged: another rendition or another copy of the recording may be whole.';
    throw new CliptideError('media', `The segment is damaged: ${where}`, { where, hint: damaged });
  }
  const code = isWhole ? 'media' : 'unavailable';
  if (verdict === 'cut') throw new CliptideError(code, `The segment ends in the middle: ${where}`, { where, hint });
  if (heldMs === undefined || heldMs >= listedMs * leastShare || listedMs - heldMs <= mostMissingMs) return kind;
  const [held, listed] = [heldMs, listedMs].map((ms) => (ms / 1000).toFixed(1));
  throw new CliptideError(code, `The segment holds ${held} s of the ${listed} s that its playlist says: ${where}`, {
    where,
    hint,
  });
}

function noMedia(what: string, { where }: ContentCheck): CliptideError {
  return new CliptideError('media', `This is no media segment but ${what}: ${where}`, {
    where,
    hint: 'Open the address: its server may answer with a page in place of the media, such as a login.',
  });
}

function guess(head: Buffer): string {
  const text = head.toString('latin1').trimStart();
  if (head.length === 0) return 'empty';
  if (text.startsWith('#EXTM3U')) return 'a playlist';
  if (/^<(!doctype|html|\?xml)/i.test(text)) return 'a web page';
  return 'something else';
}
