import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { finalStage } from '../../support/compose.ts';

const check = finalStage.filter((line) => line.startsWith('HEALTHCHECK '))[0] ?? '';
const [command = '', ...args] = JSON.parse(check.slice(check.indexOf('['))) as string[];

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

/** A node whose `/healthz` answers with this status; its port. */
const node = (status: number): Promise<number> =>
  new Promise((resolve) => {
    server = createServer((request, response) => response.writeHead(request.url === '/healthz' ? status : 404).end());
    const { address } = server.listen(0, '127.0.0.1', () => resolve((address.call(server) as AddressInfo).port));
  });
const exitCode = (port: number): Promise<number | null> =>
  new Promise((resolve) => {
    const env = { ...process.env, CLIPTIDE_HTTP_PORT: String(port) };
    spawn(command === 'node' ? process.execPath : command, args, { env, stdio: 'ignore' }).on('close', resolve);
  });

describe("the image's health check", () => {
  it.each([
    [200, 0],
    [503, 1],
  ])('of a node that answers %i ends with %i', async (status, code) => {
    expect(await exitCode(await node(status))).toBe(code);
  });

  it('of a node that does not answer ends with 1', async () => {
    const port = await node(200);
    await new Promise((resolve) => server?.close(resolve));
    server = undefined;
    expect(await exitCode(port)).toBe(1);
  });
});
