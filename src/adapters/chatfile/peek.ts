/** The beginning of a stream of bytes, with all of them (the beginning included) to go on with. */
export interface Peeked {
  readonly prefix: Buffer;
  /** Whether the prefix is everything. */
  readonly whole: boolean;
  readonly all: AsyncGenerator<Buffer>;
}

/** Looks at the first bytes (at least so many, if there are) without losing them. */
export async function peek(chunks: AsyncGenerator<Buffer>, bytes: number): Promise<Peeked> {
  const seen: Buffer[] = [];
  let length = 0;
  let whole = false;
  while (length < bytes && !whole) {
    const next = await chunks.next();
    if (next.done === true) whole = true;
    else {
      seen.push(next.value);
      length += next.value.length;
    }
  }
  return {
    prefix: Buffer.concat(seen).subarray(0, Math.max(bytes, 0)),
    whole: whole && length <= bytes,
    all: joined(seen, chunks),
  };
}

async function* joined(seen: Buffer[], rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  try {
    for (let chunk = seen.shift(); chunk !== undefined; chunk = seen.shift()) yield chunk;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}
