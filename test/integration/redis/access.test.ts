import { readFileSync, rmSync } from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openRedisLedger } from '../../../src/adapters/redis/ledger.ts';
import { ledgerRights } from '../../../src/adapters/redis/rights.ts';
import { type CertificateFiles, selfSigned } from '../../support/certificates.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { ownPrefix } from '../../support/redisledger.ts';
import { RedisServer } from '../../support/redisserver.ts';

const password = 'a-password-of-this-test';
/** For a server that is there, and takes its time on a busy machine. */
const patienceMs = 20_000;
/** For one that is never reached. */
const hastyMs = 2_000;

async function refusal(opening: Promise<unknown>): Promise<Error> {
  try {
    await opening;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it was not refused');
}

describeWithPrograms(['redis-server'], 'signing in to Redis', () => {
  let server: RedisServer;
  const rights = ['on', `>${password}`, ...ledgerRights('team.')];
  beforeAll(async () => {
    server = await RedisServer.start(['--requirepass', password, '--user', 'cliptide', ...rights]);
  });
  afterAll(() => server.remove());
  const open = (login: object, prefix = `team.${ownPrefix()}`) =>
    openRedisLedger({ connection: { url: server.url, ...login }, prefix, patienceMs });

  it('works by user and password of an ACL, and by the password of the default user', async () => {
    const ledger = await open({ username: 'cliptide', password });
    await ledger.setCap('disk', 10);
    const held = await ledger.reserve({ scope: 'disk', amount: 10, holder: 'test', ttlMs: 1_000 });
    await ledger.commit(await ledger.extend(held, 0), 5);
    const crashed = await ledger.reserve({ scope: 'disk', amount: 1, holder: 'test', ttlMs: 0 });
    expect(await ledger.expire()).toEqual([crashed]);
    await ledger.refund('disk', 5);
    await ledger.reconcile('disk', 3);
    expect(await ledger.usage('disk')).toMatchObject({ scope: 'disk', cap: 10, used: 3, reserved: 0 });
    await ledger.close();
    await (await open({ password })).close();
  });

  it.each([
    ['no password', {}, 'set redis.password'],
    ['a wrong password', { password: `${password}!` }, 'check redis.username and redis.password'],
    ['an unknown user', { username: 'nobody', password }, 'check redis.username and redis.password'],
  ])('is refused at once with %s, which is never shown', async (_, login, hint) => {
    const error = await refusal(open(login));
    expect(error).toMatchObject({ code: 'forbidden', hint: expect.stringContaining(hint) });
    expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(password);
  });

  it('is told when keys are refused', async () => {
    const ledger = await open({ username: 'cliptide', password }, 'other.');
    await expect(ledger.setCap('disk', 10)).rejects.toMatchObject({ code: 'forbidden' });
    await ledger.close();
  });
});

describeWithPrograms(['redis-server', 'openssl'], 'TLS to Redis', () => {
  let server: RedisServer;
  let files: CertificateFiles;
  let ca: string;
  beforeAll(async () => {
    files = selfSigned();
    const { cert, key } = files;
    ca = readFileSync(cert, 'utf8');
    const tls = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', cert];
    server = await RedisServer.start(['--port', '0', '--tls-port', 'PORT', ...tls, '--tls-auth-clients', 'no']);
  });
  afterAll(async () => {
    await server.remove();
    rmSync(files.folder, { recursive: true });
  });
  const url = (protocol: string) => `${protocol}://127.0.0.1:${server.port}`;
  const open = (connection: { url: string; ca?: string }, waitsMs = patienceMs) =>
    openRedisLedger({ connection, prefix: ownPrefix(), patienceMs: waitsMs });

  it('trusts the authorities that it is given, and no others', async () => {
    const ledger = await open({ url: url('rediss'), ca });
    expect(await ledger.usage('disk')).toMatchObject({ cap: 0 });
    await ledger.close();
    await expect(open({ url: url('rediss') }, hastyMs)).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('redis.ca'),
    });
  });

  it('is not left out silently where authorities are given', async () => {
    await expect(open({ url: url('redis'), ca })).rejects.toMatchObject({ code: 'config', where: 'redis.url' });
  });
});
