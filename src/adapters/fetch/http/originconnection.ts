import net, { type LookupFunction, type Socket, type TcpNetConnectOpts } from 'node:net';
import tls from 'node:tls';
import { portOf } from '../../../domain/fetchgrant.ts';
import type { Block, BlockPool } from './blocks.ts';
import { closed } from './connection.ts';
import type { Incoming } from './framing.ts';
import type { Outgoing } from './head.ts';

/** What came and was not asked for yet; beyond that the connection is not read. */
const aheadBytes = 64 * 1024;

/** What no block is taken for is read into this one, by all connections, and copied out before the next read. */
const shared = Buffer.alloc(1024 * 1024);
/** Of it, while a head is awaited: what comes with it is copied. */
const headBytes = 64 * 1024;

/**
 * A connection to an origin, read in pieces of up to a mebibyte without a copy: Node's own HTTP reads 64 KiB at a time
 * and copies each body once more, which together took more time than all that is done with the bytes.
 */
export class OriginConnection implements Incoming, Outgoing {
  readonly blocks: BlockPool;
  readonly #socket: Socket;
  readonly #connected: Promise<void>;
  readonly #givenUp = Promise.withResolvers<never>();
  readonly #queue: Uint8Array[] = [];
  #queuedBytes = 0;
  #block: Block | undefined;
  #expectedBytes: number | undefined = 0;
  #error: Error | undefined;
  #isOver = false;
  #onChange: () => void = () => undefined;

  /** `lookup` gives the address that the host of `url` may be reached by. Certificates are always checked. */
  constructor(url: URL, lookup: LookupFunction | undefined, blocks: BlockPool) {
    this.blocks = blocks;
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const onread = {
      buffer: () => this.#room(),
      callback: (bytes: number, memory: Uint8Array) => this.#came(bytes, memory),
    };
    const options: TcpNetConnectOpts = { host, port: portOf(url), onread };
    if (lookup !== undefined) options.lookup = lookup;
    const isSecure = url.protocol === 'https:';
    this.#socket = isSecure ? tls.connect({ ...options, ...trust(host) }) : net.connect(options);
    // One that rests must show when the other side, or what lies between, has forgotten it.
    this.#socket.setNoDelay(true).setKeepAlive(true, 1000);
    this.#connected = new Promise((resolve, reject) => {
      this.#socket.once(isSecure ? 'secureConnect' : 'connect', resolve);
      this.#socket.once('close', () => reject(this.#error ?? closed()));
    });
    this.#connected.catch(() => undefined);
    this.#givenUp.promise.catch(() => undefined);
    this.#socket.on('error', (error) => {
      this.#error ??= error;
    });
    this.#socket.on('end', () => this.#end());
    this.#socket.on('close', () => this.#end());
  }

  /** Rejects with Node's error when there is no connection. */
  connected(): Promise<void> {
    return this.#connected;
  }

  get givenUp(): Promise<never> {
    return this.#givenUp.promise;
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): void {
    this.#socket.write(bytes, done);
  }

  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        this.#queuedBytes -= chunk.length;
        if (this.#queuedBytes < aheadBytes) this.#socket.resume();
        return chunk;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#isOver) return undefined;
      await new Promise<void>((resolve) => {
        this.#onChange = resolve;
      });
    }
  }

  putBack(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#queue.unshift(chunk);
    this.#queuedBytes += chunk.length;
  }

  expect(bytes: number | undefined): void {
    this.#expectedBytes = bytes === undefined ? undefined : Math.max(0, bytes - this.#queuedBytes);
  }

  /** Ends it; who reads from it gets that reason. */
  destroy(reason?: Error): void {
    this.#error ??= reason;
    this.#givenUp.reject(this.#error ?? closed());
    this.#socket.destroy();
  }

  /** Whether it could be used for another request: it stands, and nothing came that was not asked for. */
  get isQuiet(): boolean {
    return !this.#isOver && this.#error === undefined && this.#queue.length === 0 && this.#socket.writable;
  }

  /** Waits for the next request, and does not keep the process alive. `onEnd`: called when it cannot be used any more. */
  rest(onEnd: () => void): void {
    this.#expectedBytes = 0;
    this.#socket.unref();
    this.#onChange = () => {
      this.destroy();
      onEnd();
    };
  }

  /** After a rest. */
  wake(): void {
    this.#onChange = () => undefined;
    this.#socket.ref();
  }

  /**
   * Where the next read goes. Node asks right after a read, long before the next: a block must not be left while it may
   * still be read into, so what ends at an unknown place is never read into one.
   */
  #room(): Buffer {
    const expected = this.#expectedBytes;
    if (expected !== undefined && expected > 0) {
      this.#block = this.blocks.withRoom(this.#block);
      return this.#block.memory.subarray(this.#block.used);
    }
    if (this.#block !== undefined) this.blocks.leave(this.#block);
    this.#block = undefined;
    return expected === undefined ? shared : shared.subarray(0, headBytes);
  }

  #came(bytes: number, memory: Uint8Array): boolean {
    const block = this.#block;
    const isLent = block !== undefined && memory.buffer === block.memory.buffer;
    this.#queue.push(isLent ? this.blocks.lend(block, bytes) : Buffer.from(memory.subarray(0, bytes)));
    this.#queuedBytes += bytes;
    if (this.#expectedBytes !== undefined) this.#expectedBytes = Math.max(0, this.#expectedBytes - bytes);
    this.#onChange();
    return this.#queuedBytes < aheadBytes;
  }

  #end(): void {
    this.#isOver = true;
    this.#onChange();
  }
}

/** Names of hosts are sent along (SNI), addresses must not be (RFC 6066, section 3). */
const trust = (host: string) => ({
  rejectUnauthorized: true,
  ALPNProtocols: ['http/1.1'],
  ...(net.isIP(host) === 0 ? { servername: host } : {}),
});
