// One of several clients of a ledger: so many random operations in the scope "disk", with the invariants looked at after
// each. Prints how many it has done, every fifty; ends with 1 and what it saw when an invariant does not hold. Run by
// test/chaos/ledger, which kills it.
import { setTimeout as sleep } from 'node:timers/promises';
import { CliptideError } from '../../src/domain/errors.ts';
import type { Reservation } from '../../src/ports/ledger.ts';
import { openAtGate, PretendDisk } from './ledgerworld.ts';
import { seeded } from './madechat.ts';

const [seed = '1', client = '', rounds = '0', folder = '', url, prefix = ''] = process.argv.slice(2);
const { ledger, close } = await openAtGate(folder, url === undefined ? undefined : { url, prefix });
const part = new PretendDisk(folder).part(client);
const random = seeded(Number(seed));
const below = (limit: number): number => Math.floor(random() * limit);
const held: Reservation[] = [];
let newestToken = 0;

function mustHold(holds: boolean, what: string): void {
  if (holds) return;
  process.stderr.write(`client ${client}, seed ${seed}: ${what}\n`);
  process.exit(1);
}

/** Refusals that are part of the game. */
const expected = new Set(['budget', 'fenced']);

async function allowing(call: Promise<unknown>): Promise<boolean> {
  try {
    await call;
    return true;
  } catch (error) {
    if (error instanceof CliptideError && expected.has(error.code)) return false;
    throw error;
  }
}

async function reserve(): Promise<void> {
  const isSleeper = below(60) === 0;
  const waits = below(40) === 0 ? { maxWaitMs: 60 } : {};
  const request = { scope: 'disk', amount: below(150), holder: client, ttlMs: isSleeper ? 20 : 3_000, ...waits };
  await allowing(
    ledger.reserve(request).then(async (reservation) => {
      mustHold(reservation.token > newestToken, `token ${reservation.token} after ${newestToken}`);
      newestToken = reservation.token;
      if (!isSleeper) return void held.push(reservation);
      await sleep(40);
      // It may be fenced off or not, but writes nothing before it knows.
      const actual = Math.min(1, reservation.amount);
      if (await allowing(ledger.commit(reservation, actual))) part.add(actual);
    }),
  );
}

async function extend(reservation: Reservation): Promise<void> {
  await allowing(ledger.extend(reservation, below(50)).then((longer) => held.push(longer)));
}

/** The file first, then the ledger. */
async function commit(reservation: Reservation): Promise<void> {
  const actual = below(reservation.amount + 1);
  part.write(actual);
  if (await allowing(ledger.commit(reservation, actual))) part.keep();
  else part.drop();
}

/** The file first, then the ledger. */
async function refund(): Promise<void> {
  const back = Math.min(part.used, below(300));
  part.add(-back);
  await allowing(ledger.refund('disk', back));
}

async function step(): Promise<void> {
  const choice = below(10);
  const reservation = choice < 6 ? held.shift() : undefined;
  if (reservation === undefined) return choice < 9 ? reserve() : choice === 9 && below(3) === 0 ? expire() : refund();
  if (choice < 3) return commit(reservation);
  if (choice < 4) return extend(reservation);
  await allowing(ledger.release(reservation));
}

async function expire(): Promise<void> {
  await ledger.expire();
}

for (let round = 1; round <= Number(rounds); round++) {
  await step();
  const { used, reserved, waiting } = await ledger.usage('disk');
  const is = `${used} used and ${reserved} reserved, ${waiting} waiting`;
  mustHold(used >= 0 && reserved >= 0 && waiting >= 0 && used + reserved <= 1_000, is);
  if (round % 50 === 0) process.stdout.write(`${round}\n`);
}
for (const reservation of held) await allowing(ledger.release(reservation));
part.close();
await close();
