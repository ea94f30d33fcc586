// Leases spans of a made archive from a hostile origin, in an order that its seed gives, looks at every byte that it
// gets, and prints a line for each lease. Run by tests of the media cache as one of several processes on one folder.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CliptideError } from '../../src/domain/errors.ts';
import { archiveOf } from './archiveviews.ts';
import { seeded } from './madechat.ts';
import { openCacheAt } from './mediacaches.ts';
import { transportStream } from './segments.ts';

export interface LeaseJob {
  readonly root: string;
  readonly origin: string;
  readonly seed: number;
  readonly segments: number;
  readonly packets: number;
  readonly leases: number;
  /** How long it waits for the next byte: each stall of a hostile origin costs as much. */
  readonly stallMs: number;
}

/** What became of a lease: the code of its error, or whether the bytes were right. */
export interface LeaseOutcome {
  readonly code?: string;
  readonly message?: string;
  readonly isRight?: boolean;
}

const job = JSON.parse(process.argv[2] ?? '') as LeaseJob;
const random = seeded(job.seed);
await using node = await openCacheAt(job.root, { attempts: 2, backoffMs: 1, stallMs: job.stallMs });
const uris = Array.from({ length: job.segments }, (_, k) => `${job.origin}/s${k}.ts`);
const archive = archiveOf(uris.map((uri) => ({ uri })));
const digest = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const right = uris.map((_, k) => digest(transportStream(k, job.packets)));

async function lease(): Promise<LeaseOutcome> {
  const from = Math.floor(random() * (job.segments - 5)) * 2;
  const to = from + 2 + Math.floor(random() * 4) * 2;
  try {
    const held = await node.cache.lease({ archive, fromMs: from * 1000, toMs: to * 1000, purpose: 'render' });
    const bytes = await Promise.all(held.parts.map(({ path }) => readFile(path)));
    await held.release();
    return { isRight: bytes.every((part, index) => digest(part) === right[from / 2 + index]) };
  } catch (error) {
    if (!(error instanceof CliptideError)) throw error;
    return { code: error.code, message: error.message };
  }
}

process.stdout.write('{}\n');
for (let round = 0; round < job.leases; round += 4) {
  for (const outcome of await Promise.all([lease(), lease(), lease(), lease()])) {
    process.stdout.write(`${JSON.stringify(outcome)}\n`);
  }
}
