import type { FetchedBody } from '../../src/ports/fetcher.ts';

/** All of a body, as text. */
export async function bodyText(body: FetchedBody): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
