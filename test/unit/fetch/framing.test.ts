import type { IncomingMessage } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Framing, framed, framingOf, type Incoming } from '../../../src/adapters/fetch/http/framing.ts';
import { inPieces, scripted } from '../../support/scripted.ts';

interface Read {
  readonly body: Buffer;
  readonly isWhole: boolean;
  /** What is left on the connection. */
  readonly rest: Buffer;
}

async function read(framing: Framing, connection: Incoming): Promise<Read> {
  const chunks: Uint8Array[] = [];
  const body = framed(framing, connection, 'http://o.test/s.ts');
  for (;;) {
    const { done, value } = await body.next();
    if (!done) {
      chunks.push(value);
      continue;
    }
    const rest: Uint8Array[] = [];
    for (let more = await connection.next(); more !== undefined; more = await connection.next()) rest.push(more);
    return { body: Buffer.concat(chunks), isWhole: value, rest: Buffer.concat(rest) };
  }
}

const text = (pieces: string, lengths = [4096]) => scripted(inPieces(Buffer.from(pieces, 'latin1'), lengths));

/** Bytes in chunks of these lengths, as RFC 9112 has it, some with an extension. */
function inChunks(bytes: Uint8Array, lengths: readonly number[]): Buffer {
  const parts = inPieces(bytes, lengths).flatMap((piece, k) => [
    Buffer.from(`${piece.length.toString(16)}${k % 3 === 1 ? ' ;a="b"' : ''}\r\n`),
    piece,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from('0\r\nx-trailer: 1\r\n\r\n')]);
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const bytes = fc.uint8Array({ maxLength: 300 });
const behind = Buffer.from('HTTP/1.1 200 OK');

describe('where a body ends', () => {
  it('is found however it is cut into chunks, and these into pieces that come; what follows stays', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, lengths, lengths, async (body, chunks, pieces) => {
        const sent = Buffer.concat([inChunks(body, chunks), behind]);
        const found = await read('chunked', scripted(inPieces(sent, pieces)));
        expect(found).toEqual({ body: Buffer.from(body), isWhole: true, rest: behind });
      }),
    );
  });

  it('is found by its length; what follows stays', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, lengths, async (body, pieces) => {
        const connection = scripted(inPieces(Buffer.concat([body, behind]), pieces));
        const found = await read({ bytes: body.length }, connection);
        expect(found).toEqual({ body: Buffer.from(body), isWhole: true, rest: behind });
      }),
    );
  });

  it('is not reached when the connection ends anywhere before', async () => {
    const sent = inChunks(Buffer.from('some media'), [4]);
    for (let end = 0; end < sent.length; end += 1) {
      expect((await read('chunked', scripted([sent.subarray(0, end)]))).isWhole, `after ${end} bytes`).toBe(false);
    }
    expect(await read({ bytes: 5 }, text('four'))).toMatchObject({ isWhole: false });
  });

  it('is the connection’s where nothing else says', async () => {
    const found = await read('closing', text('all of it', [2]));
    expect(found).toMatchObject({ body: Buffer.from('all of it'), isWhole: true });
  });

  it.each([
    ['no number', 'zz\r\nab\r\n0\r\n\r\n'],
    ['a sign', '-2\r\nab\r\n0\r\n\r\n'],
    ['a prefix', '0x2\r\nab\r\n0\r\n\r\n'],
    ['a number beyond all files', `${'f'.repeat(16)}\r\nab`],
    ['less than comes', '1\r\nab\r\n0\r\n\r\n'],
    ['a line without CR', '2\nab\r\n0\r\n\r\n'],
    ['a line without an end', `2;${'x'.repeat(5000)}`],
    ['trailers without an end', `0\r\n${'a: b\r\n'.repeat(5000)}`],
  ])('is refused in chunks with %s', async (_, sent) => {
    await expect(read('chunked', text(sent))).rejects.toMatchObject({ code: 'unavailable' });
  });
});

describe('how a body is framed', () => {
  const framing = (headers: Record<string, string>, statusCode = 200) =>
    framingOf({ statusCode, headers } as Partial<IncomingMessage> as IncomingMessage, 'http://o.test/s.ts');

  it('is what its head says', () => {
    expect(framing({ 'content-length': '12' })).toEqual({ bytes: 12 });
    expect(framing({ 'transfer-encoding': 'Chunked' })).toBe('chunked');
    expect(framing({})).toBe('closing');
    for (const status of [204, 304]) expect(framing({ 'content-length': '12' }, status)).toEqual({ bytes: 0 });
  });

  it('may not be one that nobody asked for', () => {
    for (const coding of ['gzip, chunked', 'gzip', 'identity', '']) {
      expect(() => framing({ 'transfer-encoding': coding }), coding).toThrow(
        expect.objectContaining({ code: 'media' }),
      );
    }
  });
});
