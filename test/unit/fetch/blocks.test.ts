import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, BlockPool } from '../../../src/adapters/fetch/http/blocks.ts';

const kibibytes = fc.integer({ min: 1, max: 256 });
const steps = fc.array(
  fc.oneof(
    fc.record({ is: fc.constant('read' as const), connection: fc.nat(2), kibibytes }),
    fc.record({ is: fc.constant('done' as const), chunk: fc.nat(9) }),
    fc.record({ is: fc.constant('leave' as const), connection: fc.nat(2) }),
  ),
  { maxLength: 60 },
);

describe('memory that is read into again', () => {
  it('never has two chunks in one place while both are in use', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const pool = new BlockPool();
        const blocks: (Block | undefined)[] = [];
        const inUse: { readonly chunk: Uint8Array; readonly mark: number }[] = [];
        let mark = 0;
        for (const step of all) {
          if (step.is === 'read') {
            const block = pool.withRoom(blocks[step.connection]);
            blocks[step.connection] = block;
            mark = (mark + 1) % 256;
            const chunk = pool.lend(block, step.kibibytes * 1024).fill(mark);
            inUse.push({ chunk, mark });
          } else if (step.is === 'leave') {
            const block = blocks[step.connection];
            if (block !== undefined) pool.leave(block);
            blocks[step.connection] = undefined;
          } else {
            const [done] = inUse.splice(step.chunk % Math.max(1, inUse.length), 1);
            if (done !== undefined) pool.giveBack(done.chunk);
          }
          for (const { chunk, mark } of inUse) expect(chunk.every((byte) => byte === mark)).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is used again once all of its chunks came back, each once; parts of a chunk do not count', () => {
    const pool = new BlockPool();
    const block = pool.withRoom(undefined);
    const [one, other] = [pool.lend(block, 400_000), pool.lend(block, 400_000)];
    pool.giveBack(one.subarray(0, 10));
    pool.giveBack(one);
    pool.giveBack(one);
    const next = pool.withRoom(block);
    expect(next).not.toBe(block);
    expect(pool.withRoom(undefined), 'a chunk of it is still out').not.toBe(block);
    pool.giveBack(other);
    expect(pool.withRoom(undefined)).toBe(block);
    expect(block).toMatchObject({ used: 0, lent: 0, isFull: false });
  });
});
