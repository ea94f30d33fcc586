import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rm, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { readerOf } from '../../../src/adapters/ffmpeg/moviefile.ts';
import { topLevelBoxes } from '../../../src/domain/mp4/boxes.ts';
import { movieAt } from '../../support/httpmovies.ts';
import { cacheWorld } from '../../support/mediacaches.ts';
import type { Figure, Row } from '../figure.ts';
import { type BareTools, bareTools } from './baretools.ts';

const lastsMs = 30_000;
/** Where clips are cut, in milliseconds: nowhere near a key frame. */
const starts = [1_234_567, 300_250, 2_501_900];
/** Minutes of the film, each of which is the same one. */
const minutes = 52;

/** Clips of 30 s from a progressive MP4 of 2 GB: what its server sends, against the GOPs of the clip and the index. */
export const progressive: Figure = {
  name: 'progressive',
  measure: async (folder) => {
    const bare = await bareTools(folder);
    const minute = await makeMinute(bare, join(folder, 'minute.mp4'));
    const rows: Row[] = [];
    for (const [where, flags] of [
      ['at the end', []],
      ['in front', ['-movflags', '+faststart']],
    ] as const) {
      const film = join(folder, 'film.mp4');
      const list = join(folder, 'list.txt');
      await writeFile(list, `file '${minute}'\n`.repeat(minutes));
      await bare.run(['-f', 'concat', '-safe', '0', '-i', list, '-c', 'copy', ...flags, film]);
      rows.push(...(await measured(film, where)));
      await rm(film);
    }
    return rows;
  },
};

/** Two-second GOPs at about 5 Mb/s. */
async function makeMinute(bare: BareTools, path: string): Promise<string> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=30,noise=alls=20:allf=t'];
  const sound = ['-f', 'lavfi', '-i', 'sine=frequency=300'];
  const codecs = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '60', '-pix_fmt', 'yuv420p'];
  const rate = ['-b:v', '5.2M', '-maxrate', '5.2M', '-bufsize', '5M', '-c:a', 'aac', '-b:a', '128k'];
  await bare.run([...picture, ...sound, ...codecs, ...rate, '-t', '60', path]);
  return path;
}

async function measured(film: string, where: string): Promise<Row[]> {
  const { size } = await stat(film);
  const moovBytes = await indexBytes(film, size);
  await using origin = await rangeServer(film, size);
  await using world = await cacheWorld({ cap: 4e9, limits: { stallMs: 20_000 } });
  const cache = await world.open();
  const archive = await movieAt(cache, origin.url);
  let needed = moovBytes;
  const rows: Row[] = [];
  for (const [index, fromMs] of starts.entries()) {
    const lease = await cache.lease({ archive, fromMs, toMs: fromMs + lastsMs, purpose: 'render' });
    needed += lease.bytesNeeded;
    await lease.release();
    const count = index + 1;
    if (count !== 1 && count !== starts.length) continue;
    rows.push({
      what: `${count === 1 ? 'one clip' : `${count} clips`} of 30 s from an MP4 of ${gigabytes(size)}, its index ${where}: bytes fetched`,
      value: megabytes(origin.sent()),
      baseline: `the GOPs and the index: ${megabytes(needed)} (index ${megabytes(moovBytes)}); ${origin.requests()} requests`,
      ratio: `${(origin.sent() / needed).toFixed(3)}×`,
      aim: 'at most 1.05×',
    });
  }
  return rows;
}

async function indexBytes(film: string, size: number): Promise<number> {
  await using file = await open(film);
  for await (const { type, start, end } of topLevelBoxes(size, readerOf(file))) if (type === 'moov') return end - start;
  throw new Error('the film has no index');
}

/** Serves a file by ranges and counts what it sends. */
async function rangeServer(file: string, size: number) {
  let [sent, requests] = [0, 0];
  const server = http.createServer((request, response) => {
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const [start, end] = [Number(first ?? 0), Math.min(Number(last ?? size - 1), size - 1)];
    requests++;
    response.writeHead(206, { 'content-length': end - start + 1, 'content-range': `bytes ${start}-${end}/${size}` });
    const chunks = createReadStream(file, { start, end });
    chunks.on('data', (chunk) => {
      sent += chunk.length;
    });
    chunks.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`,
    sent: () => sent,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;
const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(2)} GB`;
