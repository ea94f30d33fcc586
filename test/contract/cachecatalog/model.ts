import fc from 'fast-check';
import { expect } from 'vitest';
import type { CacheCatalog, Flight } from '../../../src/ports/cachecatalog.ts';
import { type CatalogHarness, objectFor, pastLeaseMs, startMs } from '../cachecatalog.contract.ts';

interface Side {
  readonly catalog: CacheCatalog;
  readonly pins: Map<string, number>;
  /** Marked by it and not yet gone. */
  readonly evicting: Set<string>;
  readonly flights: Flight[];
  isLate: boolean;
}

interface Held {
  readonly keys: readonly string[];
  readonly value: number;
  readonly untilMs: number;
}

/** What a catalog with two owners holds, written down in the simplest way. */
export class CatalogModel {
  readonly sides: readonly [Side, Side];
  readonly objects = new Set<string>();
  readonly flying = new Map<string, Flight>();
  /** By holder; what is over is not taken out. */
  readonly holds = new Map<string, Held>();
  nowMs = startMs;
  #token = 0;

  constructor(one: CacheCatalog, other: CacheCatalog) {
    const side = (catalog: CacheCatalog): Side => ({
      catalog,
      pins: new Map(),
      evicting: new Set(),
      flights: [],
      isLate: false,
    });
    this.sides = [side(one), side(other)];
  }

  isPinned = (key: string): boolean => this.sides.some(({ pins }) => (pins.get(key) ?? 0) > 0);
  isHeld = (key: string): boolean => this.objects.has(key) && this.current().some(([, { keys }]) => keys.includes(key));
  current = (): [string, Held][] => [...this.holds].filter(([, { untilMs }]) => untilMs > this.nowMs);
  isEvicting = (key: string): boolean => this.sides.some(({ evicting }) => evicting.has(key));
  isLate = (owner: string): boolean => this.sides.some((side) => side.catalog.owner === owner && side.isLate);

  began(flight: Flight): void {
    expect(flight.token).toBeGreaterThan(this.#token);
    this.#token = flight.token;
    this.flying.set(flight.key, flight);
  }

  mustHold(): void {
    for (const key of this.objects) {
      expect((this.isPinned(key) || this.isHeld(key)) && this.isEvicting(key)).toBe(false);
    }
    for (const key of this.flying.keys()) expect(this.objects.has(key)).toBe(false);
  }
}

type Operation = (harness: CatalogHarness, model: CatalogModel) => Promise<void>;
type Act = (side: Side, model: CatalogModel, key: string) => Promise<void>;

const pin: Act = async ({ catalog, pins }, model, key) => {
  const found = await catalog.pin([key]);
  if (model.isEvicting(key)) return expect(found).toBeUndefined();
  expect(found?.has(key)).toBe(model.objects.has(key));
  pins.set(key, (pins.get(key) ?? 0) + 1);
};

const unpin: Act = async ({ catalog, pins }, _, key) => {
  const count = pins.get(key) ?? 0;
  if (count === 0) return;
  await catalog.unpin([key]);
  pins.set(key, count - 1);
};

const claim: Act = async (side, model, key) => {
  if ((side.pins.get(key) ?? 0) === 0) return;
  const claimed = await side.catalog.claim(key);
  const flying = model.flying.get(key);
  if (model.objects.has(key)) return expect(claimed.is).toBe('present');
  const isTaken = flying !== undefined && flying.owner !== side.catalog.owner && !model.isLate(flying.owner);
  if (isTaken) return expect(claimed).toEqual({ is: 'flying', flight: flying });
  if (claimed.is !== 'mine') return expect.unreachable(`${key} is ${claimed.is}`);
  expect(claimed.left).toEqual(flying);
  model.began(claimed.flight);
  side.flights.push(claimed.flight);
};

const land: Act = async ({ catalog, flights }, model) => {
  const flight = flights.shift();
  if (flight === undefined) return;
  const landing = catalog.land(flight, objectFor(flight.key), () => undefined);
  if (model.flying.get(flight.key)?.token !== flight.token) {
    await expect(landing).rejects.toMatchObject({ code: 'fenced' });
    return;
  }
  await landing;
  model.flying.delete(flight.key);
  model.objects.add(flight.key);
};

const fail: Act = async ({ catalog, flights }, model) => {
  const flight = flights.shift();
  if (flight === undefined) return;
  const isCurrent = model.flying.get(flight.key)?.token === flight.token;
  expect(await catalog.fail(flight, undefined)).toBe(isCurrent);
  if (isCurrent) model.flying.delete(flight.key);
};

const evict: Act = async (side, model) => {
  const free = [...model.objects].filter((key) => !model.isPinned(key) && !model.isHeld(key) && !model.isEvicting(key));
  const { marked } = await side.catalog.victims({ needed: 4096, least: 4096, most: 4096 });
  expect(marked).toHaveLength(Math.min(1, free.length));
  for (const { key } of marked) {
    expect(free).toContain(key);
    side.evicting.add(key);
  }
};

const evicted: Act = async ({ catalog, evicting }, model) => {
  const keys = [...evicting];
  await catalog.evicted(keys.slice(1), keys.slice(0, 1));
  for (const key of keys.slice(1)) model.objects.delete(key);
  evicting.clear();
};

/** One of three holders, by what it holds; its value and its end follow from the time. */
const hold: Act = async ({ catalog }, model, key) => {
  const keys = key === 'a' ? ['a', 'b'] : [key];
  const value = (model.nowMs / 1000 + model.objects.size) % 3;
  const untilMs = model.nowMs + (key === 'c' ? 1 : 3) * pastLeaseMs;
  const ended = await catalog.hold({ holder: key, keys, value, untilMs }, 2 * 4096);
  const there = keys.filter((one) => model.objects.has(one) && !model.isEvicting(one));
  model.holds.set(key, { keys: there, value, untilMs });
  const mostOnce = (): number => [...model.objects].filter(model.isHeld).length;
  const expected: string[] = [];
  while (mostOnce() > 2) {
    const [least] = model
      .current()
      .filter(([, { keys }]) => keys.length > 0)
      .toSorted(([a, x], [b, y]) => x.value - y.value || x.untilMs - y.untilMs || (a < b ? -1 : 1));
    if (least === undefined) break;
    expected.push(least[0]);
    model.holds.delete(least[0]);
  }
  expect(ended.map(({ holder }) => holder)).toEqual(expected);
};

const letGo: Act = async ({ catalog }, model, key) => {
  await catalog.letGo(key);
  model.holds.delete(key);
};

const renew: Act = async (side) => {
  await side.catalog.renew();
  side.isLate = false;
};

const acts = [pin, pin, unpin, claim, claim, land, land, fail, evict, evicted, hold, hold, letGo, renew] as const;
const act: fc.Arbitrary<Operation> = fc
  .record({ act: fc.constantFrom(...acts), side: fc.nat(1), key: fc.constantFrom('a', 'b', 'c') })
  .map((step) => (_, model) => step.act(model.sides[step.side === 0 ? 0 : 1], model, step.key));
const pass: Operation = async (harness, model) => {
  await harness.pass(pastLeaseMs);
  model.nowMs += pastLeaseMs;
  for (const side of model.sides) side.isLate = true;
};

export const catalogOperations = fc.array(
  fc.oneof({ weight: 20, arbitrary: act }, { weight: 1, arbitrary: fc.constant(pass) }),
  { minLength: 10, maxLength: 80 },
);
