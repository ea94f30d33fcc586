// A process with the media cache of the folder and the archive that the command line names, whose leases wait for room
// for so many milliseconds as it says, else not at all. It answers each line of its
// standard input, `{"fromMs": …, "toMs": …}` or a list of them that are leased at the same time, with what the leases
// gave; it holds them until `{"release": true}`.
import path from 'node:path';
import { createInterface } from 'node:readline';
import { openCacheCatalog } from '../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { openLedger } from '../../src/adapters/embedded/ledger.ts';
import { createMediaCache } from '../../src/adapters/fetch/cache.ts';
import { createFetcher } from '../../src/adapters/fetch/http/fetcher.ts';
import { toCliptideError } from '../../src/domain/errors.ts';
import type { ArchiveView, Lease } from '../../src/ports/mediacache.ts';
import { quiet, scope } from './mediacaches.ts';
import { openPolicy } from './openpolicy.ts';

const [root = '', view = '', maxWaitMs = '0'] = process.argv.slice(2);
const archive = JSON.parse(view) as ArchiveView;
const clock = systemClock;
const ledger = await openLedger({ path: path.join(root, 'ledger.sqlite'), clock });
const catalog = await openCacheCatalog({ path: path.join(root, 'cache.db'), clock });
const fetcher = createFetcher(clock, openPolicy, {
  stallMs: 60_000,
  firstByteMs: 60_000,
  attempts: 3,
  backoffMs: 1,
});
const folder = path.join(root, 'media');
const options = { folder, catalog, ledger, scope, fetcher, floorBytes: 0, clock, logger: quiet };
const cache = await createMediaCache({ ...options, maxWaitMs: Number(maxWaitMs) });
const answer = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
answer(catalog.owner);

interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}
const held: Lease[] = [];

async function lease(span: Span): Promise<object> {
  try {
    const one = await cache.lease({ archive, ...span, purpose: 'render' });
    held.push(one);
    return { paths: one.parts.map((part) => part.path), bytesFetched: one.bytesFetched };
  } catch (error) {
    const { code, message } = toCliptideError(error);
    return { code, message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line) as Span | readonly Span[] | { readonly release: true };
  if ('release' in asked) {
    for (const one of held.splice(0)) await one.release();
    answer({});
  } else {
    answer('fromMs' in asked ? await lease(asked) : await Promise.all(asked.map(lease)));
  }
}
// Whoever started it has gone.
process.exit();
