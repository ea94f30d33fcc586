import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { checkContent } from '../../../src/adapters/fetch/content/content.ts';
import { PacketWatch } from '../../../src/adapters/fetch/content/packets.ts';
import { toCliptideError } from '../../../src/domain/errors.ts';
import { timedPackets } from '../../support/segments.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cliptide-packets-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

it('says of packets as they come, in whatever pieces, what the check of the whole file says', async () => {
  const path = join(root, 'segment');
  // Where packets begin a bad byte matters most.
  const at = fc.oneof(fc.nat({ max: 6 * 188 }), fc.constantFrom(0, 187, 188, 189, 376, 5 * 188));
  const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(at, fc.option(at), fc.option(at), pieces, async (length, bad, worse, sizes) => {
      // A picture every ten seconds, so that how much is held is said of what is whole.
      const bytes = timedPackets({ times: [0, 900_000], adaptation: 2 }).subarray(0, Math.max(1, length));
      for (const one of [bad, worse]) if (one !== null && one < bytes.length) bytes[one] = 0x3c;
      const watch = new PacketWatch();
      for (let from = 0, piece = 0; from < bytes.length; piece += 1) {
        const size = sizes[piece % sizes.length] ?? 1;
        watch.add(bytes.subarray(from, from + size));
        from += size;
      }
      await writeFile(path, bytes);
      const check = {
        path,
        from: 0,
        to: bytes.length,
        isWhole: true,
        wanted: 'segment',
        where: path,
        listedMs: 90_000,
      } as const;
      const said = (packets?: typeof watch.found) =>
        checkContent({ ...check, packets }).catch((error: unknown) => toCliptideError(error).message);
      expect(await said(watch.found)).toBe(await said());
    }),
    { numRuns: 400 },
  );
});
