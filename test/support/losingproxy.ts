import { connect, createServer, type Socket } from 'node:net';

/** A way to a server on which answers can get lost: what was asked happens, and whoever asked never knows. */
export class LosingProxy {
  readonly #server = createServer((socket) => this.#join(socket));
  readonly #target: number;
  readonly #sockets = new Set<Socket>();
  /** Answers that still come through before one is lost; none is lost where it is undefined. */
  #spared: number | undefined;
  lost = 0;

  constructor(target: number) {
    this.#target = target;
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Breaks the connection instead of giving the next answer, or one behind it. */
  loseAnswer(spared = 0): void {
    this.#spared = spared;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#target });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
    }
    client.on('data', (chunk) => server.write(chunk));
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    server.on('data', (chunk) => {
      if (this.#spared !== 0) {
        if (this.#spared !== undefined) this.#spared--;
        return void client.write(chunk);
      }
      this.#spared = undefined;
      this.lost++;
      server.destroy();
    });
  }
}
