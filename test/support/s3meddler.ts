import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MeddledRequest {
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** What becomes of a request, which may have been changed: `pass` unless something else is said. */
export type Fate =
  | 'pass'
  /** It happens, and whoever asked never hears of it. */
  | 'lose-answer'
  /** The first half of the answer's body comes, then the connection breaks. */
  | 'break-answer'
  | 'never-answer'
  | { readonly status: number; readonly code: string };

/** Stands between a client and an S3 server. The server must not check signatures. */
export class Meddler {
  readonly asked: string[] = [];
  fate: (request: MeddledRequest) => Fate | Promise<Fate> = () => 'pass';
  readonly #target: URL;
  readonly #server = createServer((request, response) => void this.#meddle(request, response));

  constructor(target: string) {
    this.#target = new URL(target);
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #meddle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const { method = '', url = '' } = incoming;
    const request = { method, url, headers: { ...incoming.headers }, body: Buffer.concat(chunks) };
    this.asked.push(`${method} ${url}`);
    const fate = await this.fate(request);
    if (fate === 'never-answer') return;
    if (typeof fate === 'object') {
      response.writeHead(fate.status, { 'content-type': 'application/xml' });
      return void response.end(`<Error><Code>${fate.code}</Code><Message>as the test wants</Message></Error>`);
    }
    const answer = await this.#forward(request);
    if (fate === 'lose-answer') return void response.destroy();
    response.writeHead(answer.status, answer.headers);
    if (fate === 'pass') return void response.end(answer.body);
    response.write(answer.body.subarray(0, answer.body.length / 2), () => response.destroy());
  }

  #forward({ method, url, headers, body }: MeddledRequest): Promise<Answer> {
    const { hostname, port } = this.#target;
    return new Promise((resolve, reject) => {
      const { 'transfer-encoding': _, expect: __, ...others } = headers;
      const outgoing = send(
        { hostname, port, method, path: url, headers: { ...others, 'content-length': String(body.length) } },
        async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) });
        },
      );
      outgoing.once('error', reject).end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}
