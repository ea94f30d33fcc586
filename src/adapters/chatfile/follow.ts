import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { ChatSource, SourceItem } from '../../ports/source.ts';
import { followable, openPipe, streamBytes, unreadable } from './bytes.ts';
import { FollowGate } from './followgate.ts';
import { nativeFormat } from './format.ts';
import { growingBytes } from './growing.ts';
import { LineCutter } from './lines.ts';
import { LineReader } from './read.ts';

export interface FollowOptions {
  /** How often a file is looked at without being told that it changed, in milliseconds. Default 250. */
  readonly pollMs?: number;
  /** What `-` stands for. Default: this process's standard input. */
  readonly input?: Readable;
}

/**
 * Follows Cliptide's own NDJSON while it is written: a growing file, a named pipe or standard input (`-`). A last line
 * without its newline waits until it is complete. Ends with a record of kind streamEnded, with the end of a pipe, and
 * when the signal given to `items` aborts. Rejects with `input` where the file is missing or may not be read; `items`
 * does where what comes is something else.
 */
export async function followNdjson(path: string, options: FollowOptions = {}): Promise<ChatSource> {
  let goesOn = path === '-';
  if (!goesOn) {
    const found = await stat(path).catch((error: unknown) => {
      throw unreadable(path, error, followable);
    });
    if (found.isDirectory()) throw unreadable(path, Object.assign(new Error('folder'), { code: 'EISDIR' }), followable);
    goesOn = found.isFIFO();
  }
  return {
    format: nativeFormat.name,
    name: nameOf(path),
    goesOn,
    items: (signal = new AbortController().signal) => followed(path, goesOn, options, signal),
  };
}

async function* followed(
  path: string,
  piped: boolean,
  options: FollowOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem[]> {
  const pipe = (): Readable => (path === '-' ? (options.input ?? process.stdin) : openPipe(path));
  const bytes = piped ? pipedBytes(pipe(), nameOf(path), signal) : growingBytes(path, options.pollMs ?? 250, signal);
  const cutter = new LineCutter();
  const reader = new LineReader(nativeFormat.mapper([]));
  const gate = new FollowGate(nameOf(path));
  for await (const chunk of bytes) {
    gate.look(chunk);
    for (const batch of reader.batches(cutter.push(chunk))) {
      const end = batch.findIndex(isStreamEnd);
      yield end < 0 ? batch : batch.slice(0, end + 1);
      if (end >= 0) return;
    }
  }
  // What an abort cut off is read again by whoever goes on; only the end of a pipe completes a line.
  if (!signal.aborted) yield* reader.batches(cutter.end());
}

function nameOf(path: string): string {
  return path === '-' ? 'standard input' : path;
}

function isStreamEnd(item: SourceItem): boolean {
  return item.kind === 'native' && item.event.kind === 'streamEnded';
}

/** The bytes of a pipe until it ends or the signal aborts. */
async function* pipedBytes(stream: Readable, name: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const stop = (): void => {
    stream.destroy();
  };
  if (signal.aborted) return;
  signal.addEventListener('abort', stop);
  try {
    yield* streamBytes(stream, name);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
