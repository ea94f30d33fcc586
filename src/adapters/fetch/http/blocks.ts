const blockBytes = 1024 * 1024;
/** A block with less room than that takes no further read, and none is taken for less. */
export const leastBytes = 256 * 1024;
/** Free blocks that are kept. */
const mostFree = 32;

/** Memory that connections are read into. */
export interface Block {
  readonly memory: Buffer;
  used: number;
  /** Chunks of it that nobody has given back yet. */
  lent: number;
  isFull: boolean;
}

/**
 * Blocks of memory that are read into again and again: fetched media would otherwise be garbage as fast as it comes,
 * and collecting that costs more than all that is done with it. Chunks belong to whoever got them, for good or until
 * they are given back; a block is used again once all of its chunks were.
 */
export class BlockPool {
  readonly #free: Block[] = [];
  readonly #lent = new WeakMap<Uint8Array, Block>();

  /** The same block while it has room, otherwise another. */
  withRoom(block: Block | undefined): Block {
    if (block !== undefined && blockBytes - block.used >= leastBytes) return block;
    if (block !== undefined) this.leave(block);
    return this.#free.pop() ?? { memory: Buffer.allocUnsafeSlow(blockBytes), used: 0, lent: 0, isFull: false };
  }

  /** The next bytes of a block, as a chunk that is lent. */
  lend(block: Block, bytes: number): Uint8Array {
    const chunk = block.memory.subarray(block.used, block.used + bytes);
    block.used += bytes;
    block.lent += 1;
    this.#lent.set(chunk, block);
    return chunk;
  }

  /** A chunk that is not read any more. One that is none of ours, or a part of one, is left alone. */
  giveBack(chunk: Uint8Array): void {
    const block = this.#lent.get(chunk);
    if (block === undefined) return;
    this.#lent.delete(chunk);
    block.lent -= 1;
    this.#reuse(block);
  }

  /** Nothing more is read into a block. */
  leave(block: Block): void {
    block.isFull = true;
    this.#reuse(block);
  }

  #reuse(block: Block): void {
    if (!block.isFull || block.lent > 0 || this.#free.length >= mostFree) return;
    this.#free.push(Object.assign(block, { used: 0, isFull: false }));
  }
}
