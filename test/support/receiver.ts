import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';

/** A receiver of webhooks on loopback that checks signatures as the specification says. */
export class Receiver implements AsyncDisposable {
  /** So many requests are answered by 503 first. */
  failing = 0;
  /** While it is set, requests are taken and never answered. */
  silent = false;
  /** So many messages are taken; further ones find it silent. */
  takesAtMost = Number.POSITIVE_INFINITY;
  /** How often each message was taken, by its id. */
  readonly taken = new Map<string, number>();
  /** Types of the messages that were taken. */
  readonly types = new Set<string>();
  /** Messages whose signature does not fit. */
  forged = 0;
  readonly url: string;
  private readonly server: Server;
  private readonly waiting = new Set<() => void>();

  private constructor(server: Server, secret: string) {
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
    const webhook = new Webhook(secret);
    server.on('request', (request, response) => void this.take(webhook, request, response));
  }

  static async open(secret: string): Promise<Receiver> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Receiver(server, secret);
  }

  /** Resolves when so many messages were taken, repetitions not counted. */
  async got(messages: number): Promise<void> {
    while (this.taken.size < messages) await new Promise<void>((resolve) => this.waiting.add(resolve));
  }

  /** Resolves when the next request is there. */
  asked(): Promise<void> {
    return new Promise((resolve) => this.waiting.add(resolve));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(webhook: Webhook, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    if (this.silent || this.taken.size >= this.takesAtMost) {
      this.wake();
      return;
    }
    if (this.failing > 0) {
      this.failing -= 1;
      response.writeHead(503).end();
      return;
    }
    try {
      const { type } = webhook.verify(body, request.headers as Record<string, string>) as { type: string };
      const id = String(request.headers['webhook-id']);
      this.types.add(type);
      this.taken.set(id, (this.taken.get(id) ?? 0) + 1);
    } catch {
      this.forged += 1;
    }
    response.writeHead(204).end();
    this.wake();
  }

  private wake(): void {
    for (const wake of this.waiting) wake();
    this.waiting.clear();
  }
}
