import { inspect } from 'node:util';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/adapters/embedded/clock.ts';
import { memoryMetrics } from '../../../src/adapters/embedded/metrics.ts';
import type { ResolveHost } from '../../../src/adapters/fetch/http/lookup.ts';
import { addressPolicy } from '../../../src/adapters/fetch/http/policy.ts';
import { poster } from '../../../src/adapters/fetch/http/post.ts';
import { pinoLogger } from '../../../src/adapters/logging/pino.ts';
import { webhookNotifier } from '../../../src/adapters/webhook/notifier.ts';
import type { ClipMessage } from '../../../src/ports/notifier.ts';
import { CountingOrigin } from '../../support/origin.ts';
import { Receiver } from '../../support/receiver.ts';

const secret = `whsec_${Buffer.from('a secret of thirty-two bytes ...').toString('base64')}`;
const message: ClipMessage = { id: 'clip_1', type: 'clip.rendered', atMs: 1_700_000_000_000, data: { clipId: '1' } };
const logger = pinoLogger({ level: 'silent' });
const open: Receiver[] = [];
afterEach(async () => {
  for (const receiver of open.splice(0)) await receiver[Symbol.asyncDispose]();
});

async function receivers(count: number): Promise<Receiver[]> {
  while (open.length < count) open.push(await Receiver.open(secret));
  return open;
}

const policyFor = (urls: readonly string[], resolve?: ResolveHost) => {
  const given = urls.map((url) => new URL(url));
  return addressPolicy({ allow: [], ports: [443], given, ...(resolve === undefined ? {} : { resolve }) });
};
const notifierOf = (urls: readonly string[], policy = policyFor(urls), metrics = memoryMetrics()) => {
  const endpoints = urls.map((url) => ({ url, secret }));
  return webhookNotifier(endpoints, { clock: systemClock, logger, metrics, post: poster(policy) });
};
const notifierTo = (to: readonly Receiver[], metrics = memoryMetrics()) => {
  const urls = to.map(({ url }) => url);
  return notifierOf(urls, policyFor(urls), metrics);
};

describe('a webhook', () => {
  test('is signed as Standard Webhooks says', async () => {
    const [receiver] = await receivers(1);
    await notifierTo(open).deliver(message);
    expect(receiver?.taken).toEqual(new Map([['clip_1', 1]]));
    expect(receiver?.forged).toBe(0);
  });

  test('reaches the others when one receiver fails, and asks nobody twice who has taken it', async () => {
    const [broken, sound] = await receivers(2);
    if (broken !== undefined) broken.failing = 1;
    const metrics = memoryMetrics();
    const notifier = notifierTo(open, metrics);
    await expect(notifier.deliver(message)).rejects.toMatchObject({ code: 'unavailable' });
    expect(sound?.taken.get('clip_1')).toBe(1);
    await notifier.deliver(message);
    expect([broken?.taken.get('clip_1'), sound?.taken.get('clip_1')]).toEqual([1, 1]);
    const told = (receiver: Receiver | undefined, outcome: string) =>
      metrics.value('cliptide_webhooks_total', { host: new URL(receiver?.url ?? '').host, outcome });
    expect([told(broken, 'failed'), told(broken, 'delivered')]).toEqual([1, 1]);
    expect([told(sound, 'failed'), told(sound, 'delivered')]).toEqual([0, 1]);
  });

  test('goes where its address says and follows it nowhere', async () => {
    const [receiver] = await receivers(1);
    await using origin = await CountingOrigin.start();
    const notifier = notifierOf([origin.set('/hook', { redirectTo: receiver?.url ?? '' })]);
    await expect(notifier.deliver(message)).rejects.toMatchObject({ code: 'unavailable', message: /answered 302/ });
    expect(origin.requests('/hook')).toBe(1);
    expect(receiver?.taken.size).toBe(0);
  });

  test.each([
    ['that meant a public place once', ['1.1.1.1'], ['127.0.0.1']],
    ['that leads to the credentials of a cloud', ['169.254.169.254'], ['169.254.169.254']],
  ])('by a name %s is not sent there, and says why without the rest of the address', async (_, first, then) => {
    const [receiver] = await receivers(1);
    const url = new URL(`http://hooks.example:${new URL(receiver?.url ?? '').port}/a-secret-path`);
    const answers = [first, then];
    const policy = policyFor([url.href], async () => answers.shift() ?? then);
    // Where it leads at first is only looked up here, not asked.
    const { lookup } = policy.approach(url, undefined);
    await new Promise<void>((resolve) => lookup?.(url.hostname, { all: true }, () => resolve()));
    const refused = await notifierOf([url.href], policy)
      .deliver(message)
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/not asked: hooks\.example.* leads to/),
      hint: expect.stringContaining('fetch.allow'),
    });
    expect(inspect(refused, { depth: 9 })).not.toContain('a-secret-path');
    expect(receiver?.taken.size).toBe(0);
  });

  test('that nobody answers keeps a stop waiting for a moment only', async () => {
    const [receiver] = await receivers(1);
    if (receiver !== undefined) receiver.silent = true;
    const stopping = new AbortController();
    const delivery = notifierTo(open).deliver(message, stopping.signal);
    await receiver?.asked();
    const before = performance.now();
    stopping.abort();
    await expect(delivery).rejects.toMatchObject({ code: 'unavailable' });
    // Two seconds, where it has ten unless a stop hurries it.
    expect(performance.now() - before).toBeLessThan(8_000);
  });
});
