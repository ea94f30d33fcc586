import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFetcher, type HttpFetcher } from '../../../src/adapters/fetch/http/fetcher.ts';
import { bodyText } from '../../support/bodytext.ts';
import { openPolicy } from '../../support/openpolicy.ts';
import { CountingOrigin } from '../../support/origin.ts';
import { VirtualClock } from '../../support/virtualclock.ts';

let origin: CountingOrigin;
let other: CountingOrigin;
const opened: HttpFetcher[] = [];

beforeAll(async () => {
  origin = await CountingOrigin.start();
  other = await CountingOrigin.start();
});
afterAll(async () => {
  for (const fetcher of opened) fetcher.close();
  await origin[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

function asker(clock = new VirtualClock(Date.parse('2026-03-01T20:00:00Z'))) {
  const fetcher = createFetcher(clock, openPolicy);
  opened.push(fetcher);
  return { clock, fetcher, get: (url: string) => fetcher.get({ url, maxBytes: 1000 }, bodyText) };
}

it.each([429, 503])(
  'a server that answers %i and asks for an hour is asked once, then after five minutes',
  async (status) => {
    const { clock, fetcher, get } = asker();
    const [path, list] = [`/segment${status}`, `/list${status}`];
    const url = origin.set(path, { status, times: 1, body: 'there', headers: { 'retry-after': '3600' } });
    await expect(get(url)).rejects.toMatchObject({
      code: 'unavailable',
      message: /HTTP \d+ from .*asks to wait 3600 s/,
    });
    const playlist = origin.set(list, '#EXTM3U');
    const refused = {
      code: 'unavailable',
      message: expect.stringContaining('asked to wait until 2026-03-01T20:05:00'),
    };
    for (let minute = 0; minute < 4; minute += 1) {
      await expect(get(url)).rejects.toMatchObject(refused);
      await expect(fetcher.text({ url: playlist, maxBytes: 100 })).rejects.toMatchObject(refused);
      await expect(get(other.set('/leads', { redirectTo: url }))).rejects.toMatchObject(refused);
      await clock.advance(60_000);
    }
    expect([origin.requests(path), origin.requests(list)]).toEqual([1, 0]);
    expect(await get(other.set('/b', 'another server'))).toBe('another server');
    await clock.advance(60_000);
    expect(await get(url)).toBe('there');
  },
);

it('a server that asks for ten seconds is waited for, and others may ask it meanwhile', async () => {
  const { clock, get } = asker();
  const url = origin.set('/soon', { status: 503, times: 1, body: 'there', headers: { 'retry-after': '10' } });
  const found = get(url);
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(9_999);
  expect(origin.requests('/soon')).toBe(1);
  expect(await get(origin.set('/a', 'meanwhile'))).toBe('meanwhile');
  await clock.advance(1);
  expect(await found).toBe('there');
});

it('who comes in the last seconds of a longer wait waits for its end', async () => {
  const { clock, get } = asker();
  const url = origin.set('/late', { status: 429, times: 1, body: 'there', headers: { 'retry-after': '30' } });
  await expect(get(url)).rejects.toMatchObject({ code: 'unavailable' });
  await clock.advance(25_000);
  const found = get(url);
  await expect.poll(() => clock.sleeping).toBe(1);
  await clock.advance(5_000);
  expect(await found).toBe('there');
});

it('nobody waits for a day because the clock is set back by one', async () => {
  class SetClock extends VirtualClock {
    behindMs = 0;
    override now(): number {
      return super.now() - this.behindMs;
    }
  }
  const clock = new SetClock(Date.parse('2026-03-01T20:00:00Z'));
  const { get } = asker(clock);
  const url = origin.set('/day', { status: 429, times: 1, body: 'there', headers: { 'retry-after': '60' } });
  await expect(get(url)).rejects.toMatchObject({ code: 'unavailable' });
  clock.behindMs = 86_400_000;
  expect(await get(url)).toBe('there');
});
