import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CliptideError } from '../../domain/errors.ts';
import type { Answerer, Question } from '../../ports/operations.ts';
import { removeControlAddress, writeControlAddress } from './address.ts';
import { errorLine, type Line } from './lines.ts';

export interface ControlServer {
  readonly port: number;
  /** Ends the answers under way, and takes the address out of the folder. */
  close(): Promise<void>;
}

/** A question is a few lines; whoever sends more is nobody of ours. */
const longestQuestion = 1 << 20;

/**
 * Answers the operator of a data folder that this process owns, on a free port of loopback. Who has the folder's
 * `control.json` (mode 0600) may ask: the token in it is new with every start, so nothing on the web can guess it.
 */
export async function serveControl(dataDir: string, answer: Answerer): Promise<ControlServer> {
  const token = randomBytes(32).toString('hex');
  const stopping = new AbortController();
  const underWay = new Set<Promise<void>>();
  const server = createServer({ headersTimeout: 10_000 }, (request, response) => {
    if (request.method !== 'POST' || !isOwner(request, token)) {
      request.resume();
      response.writeHead(403).end();
      return;
    }
    const work = reply(request, response, answer, stopping.signal).finally(() => underWay.delete(work));
    underWay.add(work);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await writeControlAddress(dataDir, { port, pid: process.pid, token });
  return {
    port,
    close: async () => {
      await removeControlAddress(dataDir);
      stopping.abort(new CliptideError('aborted', 'the process is stopping'));
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await Promise.all(underWay);
      server.closeAllConnections();
      await closed;
    },
  };
}

function isOwner(request: IncomingMessage, token: string): boolean {
  const given = Buffer.from(request.headers.authorization ?? '');
  const wanted = Buffer.from(`Bearer ${token}`);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

async function reply(
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answerer,
  stopping: AbortSignal,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort(new CliptideError('aborted', 'nobody waits for the answer')));
  const signal = AbortSignal.any([stopping, gone.signal]);
  const write = async (line: Line): Promise<void> => {
    if (!response.write(`${JSON.stringify(line)}\n`)) await once(response, 'drain', { signal });
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson' });
  try {
    for await (const row of answer(await questionOf(request), signal)) {
      signal.throwIfAborted();
      await write({ row });
    }
    response.end(`${JSON.stringify({ end: true } satisfies Line)}\n`);
  } catch (error) {
    response.end(`${JSON.stringify(errorLine(error))}\n`);
  }
}

async function questionOf(request: IncomingMessage): Promise<Question> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestQuestion) throw new CliptideError('usage', 'the question is too long');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')) as Question;
}
