import { describe, expect, it } from 'vitest';
import { headOf } from '../../../src/adapters/fetch/http/head.ts';
import { inPieces, scripted } from '../../support/scripted.ts';

const asking = { url: new URL('http://[::1]:8080/a/b.ts?c=d'), headers: { range: 'bytes=0-9' }, maxHeaderSize: 2000 };
const answering = (sent: string, lengths = [4096]) => scripted(inPieces(Buffer.from(sent, 'latin1'), lengths));
const head = 'HTTP/1.1 206 Partial\r\nContent-Length: 4\r\nETag: "x"\r\n\r\n';

describe('the head of an answer', () => {
  it.each([[[4096]], [[1]], [[3, 17]]])('is read in pieces of %j, and nothing behind it', async (lengths) => {
    const connection = answering(`${head}body`, lengths);
    const response = await headOf(asking, connection);
    expect(response).toMatchObject({ statusCode: 206, headers: { 'content-length': '4', etag: '"x"' } });
    let body = '';
    for (let more = await connection.next(); more !== undefined; more = await connection.next()) {
      body += Buffer.from(more).toString();
    }
    expect(body).toBe('body');
  });

  it('comes after informational ones', async () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n';
    expect(await headOf(asking, answering(hints + head))).toMatchObject({ statusCode: 206 });
  });

  it('answers a request for the whole address, to a host as it is written, on a connection that stays', async () => {
    const connection = answering(head);
    await headOf(asking, connection);
    const [line, ...lines] = connection.sent.join('').split('\r\n');
    expect(line).toBe('GET /a/b.ts?c=d HTTP/1.1');
    expect(lines).toEqual(expect.arrayContaining(['range: bytes=0-9', 'host: [::1]:8080', 'connection: keep-alive']));
    expect(lines.filter((one) => one.startsWith('host:'))).toHaveLength(1);
  });

  it.each([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'HPE_INVALID_CONSTANT'],
    ['too large', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(3000)}\r\n\r\n`, 'HPE_HEADER_OVERFLOW'],
    [
      'two lengths',
      'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n',
      'HPE_UNEXPECTED_CONTENT_LENGTH',
    ],
    [
      'a length and chunks',
      `HTTP/1.1 200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n`,
      'HPE_INVALID',
    ],
    ['cut off', 'HTTP/1.1 200 OK\r\nContent-', 'ECONNRESET'],
    ['nothing', '', 'ECONNRESET'],
  ])('is an error where it is %s', async (_, sent, code) => {
    await expect(headOf(asking, answering(sent))).rejects.toMatchObject({ code: expect.stringContaining(code) });
  });

  it('is an error where the other side wants to speak something else', async () => {
    const other = 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n';
    await expect(headOf(asking, answering(other))).rejects.toMatchObject({ code: 'ECONNRESET' });
  });
});
