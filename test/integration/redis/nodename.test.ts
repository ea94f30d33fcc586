import { afterEach, beforeEach, expect, it } from 'vitest';
import { type HeldName, holdNodeName } from '../../../src/adapters/redis/nodename.ts';
import { ledgerRights } from '../../../src/adapters/redis/rights.ts';
import { describeWithOwnRedis } from '../../support/ownredis.ts';
import { ownPrefix } from '../../support/redisledger.ts';
import { settle, VirtualClock } from '../../support/virtualclock.ts';

const login = { username: 'cliptide', password: 'a-password-of-this-test' };
const rights = ['--user', login.username, 'on', `>${login.password}`, ...ledgerRights('test-')];
const leaseMs = 30_000;

/** A process that wants the name `one`, with a clock that no other moves; both clocks show the same at first. */
class Wanting {
  readonly clock = new VirtualClock(1_700_000_000_000);
  readonly waitedFor: string[] = [];
  readonly outcome: Promise<HeldName | Error>;
  #isOver = false;

  constructor(url: string, prefix: string, owner: string, folder: string, neighbours: readonly string[] = []) {
    const taking = holdNodeName({
      connection: { url, ...login },
      prefix,
      node: 'one',
      owner,
      place: `machine:/${folder}`,
      neighbours: async () => neighbours,
      onWait: (place) => this.waitedFor.push(place),
      clock: this.clock,
      now: () => this.clock.now(),
    });
    const over = (error: Error): Error => {
      this.#isOver = true;
      return error;
    };
    this.outcome = taking.then((name) => {
      name.lost.catch(over);
      return name;
    }, over);
  }

  /** The name; fails the test where it was refused. */
  async held(): Promise<HeldName> {
    const outcome = await this.outcome;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  }

  /** Once it waits for time to pass, as it does between two looks and two renewals, or was refused. */
  async quiet(): Promise<void> {
    while (this.clock.sleeping === 0 && !this.#isOver) await settle();
  }
}

/** The same time passes for all; each step of one is done before the next. */
async function pass(ms: number, ...all: readonly Wanting[]): Promise<void> {
  for (let passed = 0; passed < ms; passed += 500) {
    for (const one of all) {
      await one.quiet();
      await one.clock.advance(500);
      await one.quiet();
    }
  }
}

describeWithOwnRedis(
  'the name of a node',
  (redis) => {
    let prefix: string;
    const open: Wanting[] = [];
    beforeEach(() => {
      prefix = ownPrefix();
    });
    afterEach(async () => {
      for (const one of open.splice(0)) {
        const outcome = await one.outcome;
        if (!(outcome instanceof Error)) await outcome.release();
      }
    });
    const want = (owner: string, folder: string, neighbours?: readonly string[]): Wanting => {
      const one = new Wanting(redis.url, prefix, owner, folder, neighbours);
      open.push(one);
      return one;
    };

    it('is refused to a second data folder while a process of the first lives, with both folders and what to do', async () => {
      const first = want('a', 'first');
      await first.held();
      const second = want('b', 'second');
      await pass(6_000, first, second);
      expect(await second.outcome).toMatchObject({
        code: 'config',
        message: 'two data folders have the node name "one": machine:/second and machine:/first',
        hint: expect.stringContaining('--node NAME'),
      });
      expect(second.waitedFor).toEqual(['machine:/first']);
    });

    it('is refused to a copy of a data folder, whose processes do not see those of the other', async () => {
      const first = want('a', 'folder');
      await first.held();
      const copy = want('b', 'folder', ['a-process-of-before']);
      await pass(6_000, first, copy);
      expect(await copy.outcome).toMatchObject({ code: 'config' });
    });

    it('is shared by processes of one folder, until the last of them ended', async () => {
      const first = want('a', 'folder');
      await first.held();
      const second = want('b', 'folder', ['a', 'b']);
      await second.held();
      await (await first.held()).release();
      const other = want('c', 'other');
      await pass(6_000, second, other);
      expect(await other.outcome).toMatchObject({ code: 'config' });
      await (await second.held()).release();
      const next = want('d', 'other');
      await next.held();
      expect(next.waitedFor).toEqual([]);
    });

    it('goes to another folder once the lease of a process that was killed is over', async () => {
      await want('a', 'first').held();
      const second = want('b', 'second');
      await pass(leaseMs - 500, second);
      expect(second.waitedFor).toEqual(['machine:/first']);
      await pass(1_000, second);
      await second.held();
    });

    it('is lost by a process that slept past its lease, once another folder has it', async () => {
      const asleep = want('a', 'first');
      const { lost } = await asleep.held();
      const second = want('b', 'second');
      await pass(leaseMs + 500, second);
      await second.held();
      await pass(leaseMs + 500, asleep);
      await pass(6_000, second, asleep);
      await expect(lost).rejects.toMatchObject({ code: 'config', message: expect.stringContaining('machine:/second') });
    });

    it('stays with who had it when Redis lost everything', async () => {
      const first = want('a', 'first');
      await first.held();
      await redis.admin.flushall();
      await pass(5_500, first);
      const second = want('b', 'second');
      await second.quiet();
      expect(second.waitedFor).toEqual(['machine:/first']);
      await pass(6_000, first, second);
      expect(await second.outcome).toMatchObject({ code: 'config' });
    });
  },
  rights,
);
