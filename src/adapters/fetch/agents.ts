import http, { type ClientRequestArgs } from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import type { Agents } from './exchange.ts';

/** As much as a read may bring at once: Node's own 64 KiB cost more time than all that is done with the bytes. */
const readBytes = 1024 * 1024;

/** Connections that are kept. Whatever the environment says: certificates are checked, and no proxy stands between. */
export function newAgents(): Agents {
  return {
    http: new WideAgent({ keepAlive: true, proxyEnv: {} }),
    https: new https.Agent({ keepAlive: true, proxyEnv: {}, rejectUnauthorized: true }),
  };
}

/** All connections read into this one: a read is over, and parsed, before the next begins. The parser copies bodies. */
const shared = Buffer.alloc(readBytes);

/** An agent whose connections read in large pieces. */
class WideAgent extends http.Agent {
  override createConnection(options: ClientRequestArgs): Duplex {
    // The client of HTTP listens for `data`, which a socket with `onread` does not tell by itself.
    const callback = (length: number): boolean => {
      socket.emit('data', shared.subarray(0, length));
      return true;
    };
    const onread = { buffer: shared, callback };
    const socket = super.createConnection({ ...options, onread } as ClientRequestArgs) as Duplex;
    return socket;
  }
}
