import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { CliptideError } from '../domain/errors.ts';

/** Writes one object a line and waits for a slow reader. */
export interface NdjsonWriter {
  /** Rejects with `aborted` when the reader has gone. */
  write(row: object): Promise<void>;
}

/** `onClosed` is told once when the reader has gone (EPIPE), so that the command can stop. */
export function ndjsonWriter(stream: Writable, onClosed?: (reason: CliptideError) => void): NdjsonWriter {
  let gone: CliptideError | undefined;
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (gone !== undefined) return;
    const what = cause.code === 'EPIPE' ? 'the reader of the output has gone' : 'the output cannot be written';
    gone = new CliptideError(cause.code === 'EPIPE' ? 'aborted' : 'space', what, { cause });
    onClosed?.(gone);
  });
  return {
    write: async (row) => {
      if (gone !== undefined) throw gone;
      if (stream.write(`${JSON.stringify(row)}\n`)) return;
      // `once` rejects when the stream fails; the handler above has then set the reason.
      await once(stream, 'drain').catch(() => undefined);
      if (gone !== undefined) throw gone;
    },
  };
}
