import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AddressRules, addressPolicy } from '../../../src/adapters/fetch/http/policy.ts';
import { parseGrant } from '../../../src/domain/fetchgrant.ts';

const ports = [80, 443];
const forbidden = expect.objectContaining({ code: 'forbidden', hint: expect.stringContaining('fetch.allow') });

function rulesOf(given: Partial<Omit<AddressRules, 'allow' | 'given'>> & { allow?: string[]; given?: string[] }) {
  const allow = (given.allow ?? []).map((text) => parseGrant(text) ?? expect.fail(text));
  return addressPolicy({ ports, ...given, allow, given: (given.given ?? []).map((text) => new URL(text)) });
}

/** The addresses that are connected to for a URL. */
async function reached(policy: ReturnType<typeof rulesOf>, to: string, from?: string): Promise<readonly string[]> {
  const url = new URL(to);
  const { lookup } = policy.approach(url, from === undefined ? undefined : new URL(from));
  if (lookup === undefined) return [url.hostname];
  return new Promise((resolve, reject) => {
    lookup(url.hostname, { all: true }, (error, found) => {
      if (error) reject(error);
      else resolve((found as { address: string }[]).map(({ address }) => address));
    });
  });
}

const resolving = (...answers: string[][]) => {
  let asked = 0;
  return async () => answers[Math.min(asked++, answers.length - 1)] ?? [];
};

describe('what is asked without a grant', () => {
  it('a public address at a usual port', async () => {
    const policy = rulesOf({ resolve: resolving(['1.1.1.1', '2606:4700::1']) });
    expect(await reached(policy, 'https://media.example/x')).toEqual(['1.1.1.1', '2606:4700::1']);
    expect(await reached(policy, 'http://1.1.1.1/x')).toEqual(['1.1.1.1']);
    expect(await reached(policy, 'http://[2606:4700::1]/x')).toEqual(['[2606:4700::1]']);
  });

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::a00:1]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://[fd00:ec2::254]/latest/meta-data/',
    'http://0/',
    'http://10.0.0.1/',
    'http://１２７.0.0.1/',
    'http://1.1.1.1:22/',
    'https://1.1.1.1:9200/',
  ])('not %s', async (url) => {
    await expect(reached(rulesOf({}), url)).rejects.toEqual(forbidden);
  });

  it('of a name only the addresses that are public', async () => {
    const mixed = rulesOf({ resolve: resolving(['10.0.0.1', '1.1.1.1', '::1', '169.254.169.254']) });
    expect(await reached(mixed, 'http://mixed.example/')).toEqual(['1.1.1.1']);
    const inner = rulesOf({ resolve: resolving(['10.0.0.1', 'fe80::1%eth0']) });
    await expect(reached(inner, 'http://inner.example/')).rejects.toEqual(forbidden);
  });

  it('whatever a name gives, nothing internal is connected to', async () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('127.0.0.1', '1.1.1.1', '::1', 'no address'));
    await fc.assert(
      fc.asyncProperty(fc.array(address, { maxLength: 6 }), async (addresses) => {
        const policy = rulesOf({ resolve: resolving(addresses) });
        const connected = await reached(policy, 'http://any.example/').catch(() => []);
        for (const one of connected) {
          expect(addresses).toContain(one);
          const literal = one.includes(':') ? `http://[${one}]/` : `http://${one}/`;
          expect(await reached(rulesOf({}), literal)).toHaveLength(1);
        }
      }),
    );
  });
});

describe('what the configuration allows', () => {
  it('a host at the open ports, a host at a port, addresses whatever their name', async () => {
    const resolve = resolving(['10.0.0.7']);
    const policy = rulesOf({
      resolve,
      allow: ['media.example', 'other.example:9000', '[fd00::7]:9000', '10.1.0.0/16'],
    });
    expect(await reached(policy, 'http://media.example/')).toEqual(['10.0.0.7']);
    expect(await reached(policy, 'http://MEDIA.example/')).toEqual(['10.0.0.7']);
    expect(await reached(policy, 'http://other.example:9000/')).toEqual(['10.0.0.7']);
    expect(await reached(policy, 'http://[fd00:0:0::7]:9000/')).toHaveLength(1);
    expect(await reached(policy, 'http://10.1.2.3/')).toHaveLength(1);
    const named = rulesOf({ resolve: resolving(['10.1.2.3', '10.2.2.3']), allow: ['10.1.0.0/16'] });
    expect(await reached(named, 'http://named.example/')).toEqual(['10.1.2.3']);
    for (const url of [
      'http://media.example:9000/',
      'http://other.example/',
      'http://10.1.2.3:9000/',
      'http://10.2.2.3/',
    ]) {
      await expect(reached(policy, url)).rejects.toEqual(forbidden);
    }
  });

  it('also where one redirects to it', async () => {
    const policy = rulesOf({ allow: ['10.0.0.7:9000'] });
    expect(await reached(policy, 'http://10.0.0.7:9000/', 'http://1.1.1.1/')).toHaveLength(1);
  });

  it('a name that is allowed cannot be pointed at a cloud’s credentials; their own address can be allowed', async () => {
    const resolve = resolving(['169.254.169.254']);
    const policy = rulesOf({ resolve, allow: ['media.example'], given: ['http://given.example/'] });
    for (const url of ['http://media.example/', 'http://given.example/']) {
      await expect(reached(policy, url)).rejects.toEqual(forbidden);
    }
    const meant = rulesOf({ resolve, allow: ['169.254.169.254'] });
    expect(await reached(meant, 'http://media.example/')).toEqual(['169.254.169.254']);
  });

  it.each(['', 'a b', 'http://host', 'host/path', 'host:0', 'host:70000', 'user@host', '10.0.0.0/40', '[::1', '*'])(
    '"%s" is no grant',
    (text) => {
      expect(parseGrant(text)).toBeUndefined();
    },
  );
});

describe('what a person typed', () => {
  const given = ['http://127.0.0.1:8123/live.m3u8'];

  it('is that host and port, from the start or from itself, and from nowhere else', async () => {
    const policy = rulesOf({ given });
    const segment = 'http://127.0.0.1:8123/seg-1.ts';
    expect(await reached(policy, segment)).toHaveLength(1);
    expect(await reached(policy, segment, 'http://127.0.0.1:8123/a')).toHaveLength(1);
    for (const [to, from] of [
      [segment, 'http://1.1.1.1/evil'],
      ['http://127.0.0.1:8124/'],
      ['http://127.0.0.1/'],
      ['https://127.0.0.1:8123/'],
      ['http://127.0.0.2:8123/'],
      ['http://localhost:8123/'],
    ] as const) {
      await expect(reached(policy, to, from)).rejects.toEqual(forbidden);
    }
  });

  it('shares no connection with what was not typed', () => {
    const policy = rulesOf({ given: ['http://nas.example/'] });
    const to = new URL('http://nas.example/x');
    expect(policy.approach(to, undefined).pool).toBe('given');
    expect(policy.approach(to, new URL('http://1.1.1.1/')).pool).toBe('other');
  });

  it('a name that meant a public place cannot come to mean an internal one; one that was internal stays', async () => {
    const rebound = rulesOf({ given: ['http://evil.example/'], resolve: resolving(['1.1.1.1'], ['127.0.0.1']) });
    expect(await reached(rebound, 'http://evil.example/')).toEqual(['1.1.1.1']);
    await expect(reached(rebound, 'http://evil.example/')).rejects.toEqual(forbidden);
    const nas = rulesOf({ given: ['http://nas.example/'], resolve: resolving(['192.168.1.7'], ['192.168.1.8']) });
    expect(await reached(nas, 'http://nas.example/')).toEqual(['192.168.1.7']);
    expect(await reached(nas, 'http://nas.example/')).toEqual(['192.168.1.8']);
  });
});
