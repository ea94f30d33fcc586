import type { Incoming } from '../../src/adapters/fetch/http/framing.ts';
import type { Outgoing } from '../../src/adapters/fetch/http/head.ts';

/** A connection on which the given pieces come, then its end; what was written to it is text in `sent`. */
export function scripted(pieces: readonly Uint8Array[]): Incoming & Outgoing & { readonly sent: string[] } {
  const left = [...pieces];
  const sent: string[] = [];
  return {
    sent,
    givenUp: new Promise<never>(() => undefined),
    next: async () => left.shift(),
    putBack: (chunk) => {
      if (chunk.length > 0) left.unshift(chunk);
    },
    expect: () => undefined,
    write: (bytes, done) => {
      sent.push(Buffer.from(bytes).toString('latin1'));
      done();
    },
  };
}

/** The same bytes, in pieces of at most these lengths, again and again. */
export function inPieces(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, k = 0; at < bytes.length; k += 1) {
    const length = lengths[k % lengths.length] ?? 1;
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return pieces;
}
