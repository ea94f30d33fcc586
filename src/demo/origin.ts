import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { segmentName } from './encoder.ts';
import { playlistAt, segmentsOnAir } from './playlist.ts';

/** What was asked of one segment. */
export interface Served {
  readonly requests: number;
  /** Bytes of the body that were sent. */
  readonly bytes: number;
}

/** A live origin on loopback. */
export interface Origin {
  readonly playlistUrl: string;
  /** By segment number; only segments that were asked for. */
  readonly served: ReadonlyMap<number, Served>;
  /** Bytes of all segments that were sent; the playlist does not count. */
  bytesServed(): number;
  close(): Promise<void>;
}

/** Serves the folder's segments and the playlist as far as they are on air. */
export async function openOrigin(folder: string, onAirSec: () => number): Promise<Origin> {
  const served = new Map<number, Served>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const index = Number(/^\/seg-(\d{5})\.ts$/.exec(path)?.[1] ?? Number.NaN);
    if (path === '/live.m3u8') sendPlaylist(response, onAirSec());
    else if (index < segmentsOnAir(onAirSec())) {
      // A watcher that goes away in mid-segment ends its own response; the origin goes on.
      sendSegment(response, folder, index, served).catch(() => response.destroy());
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    playlistUrl: `http://127.0.0.1:${port}/live.m3u8`,
    served,
    bytesServed: () => [...served.values()].reduce((sum, { bytes }) => sum + bytes, 0),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function sendPlaylist(response: ServerResponse, onAirSec: number): void {
  response.writeHead(200, { 'content-type': 'application/vnd.apple.mpegurl', 'cache-control': 'no-cache' });
  response.end(playlistAt(onAirSec));
}

async function sendSegment(
  response: ServerResponse,
  folder: string,
  index: number,
  served: Map<number, Served>,
): Promise<void> {
  const count = (requests: number, bytes: number): void => {
    const before = served.get(index) ?? { requests: 0, bytes: 0 };
    served.set(index, { requests: before.requests + requests, bytes: before.bytes + bytes });
  };
  const path = join(folder, segmentName(index));
  const { size } = await stat(path);
  count(1, 0);
  response.writeHead(200, { 'content-type': 'video/mp2t', 'content-length': size });
  const file = createReadStream(path);
  file.on('data', (chunk) => count(0, chunk.length));
  await pipeline(file, response);
}
