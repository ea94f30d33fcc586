import fc from 'fast-check';
import { expect } from 'vitest';
import type { CacheCatalog, Flight } from '../../../src/ports/cachecatalog.ts';
import { type CatalogHarness, objectFor, pastLeaseMs } from '../cachecatalog.contract.ts';

interface Side {
  readonly catalog: CacheCatalog;
  readonly pins: Map<string, number>;
  /** Marked by it and not yet gone. */
  readonly evicting: Set<string>;
  readonly flights: Flight[];
  isLate: boolean;
}

/** What a catalog with two owners holds, written down in the simplest way. */
export class CatalogModel {
  readonly sides: readonly [Side, Side];
  readonly objects = new Set<string>();
  readonly flying = new Map<string, Flight>();
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
  isEvicting = (key: string): boolean => this.sides.some(({ evicting }) => evicting.has(key));
  isLate = (owner: string): boolean => this.sides.some((side) => side.catalog.owner === owner && side.isLate);

  began(flight: Flight): void {
    expect(flight.token).toBeGreaterThan(this.#token);
    this.#token = flight.token;
    this.flying.set(flight.key, flight);
  }

  mustHold(): void {
    for (const key of this.objects) expect(this.isPinned(key) && this.isEvicting(key)).toBe(false);
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
  const free = [...model.objects].filter((key) => !model.isPinned(key) && !model.isEvicting(key));
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

const renew: Act = async (side) => {
  await side.catalog.renew();
  side.isLate = false;
};

const acts = [pin, pin, unpin, claim, claim, land, fail, evict, evicted, renew] as const;
const act: fc.Arbitrary<Operation> = fc
  .record({ act: fc.constantFrom(...acts), side: fc.nat(1), key: fc.constantFrom('a', 'b', 'c') })
  .map((step) => (_, model) => step.act(model.sides[step.side === 0 ? 0 : 1], model, step.key));
const pass: Operation = async (harness, model) => {
  await harness.pass(pastLeaseMs);
  for (const side of model.sides) side.isLate = true;
};

export const catalogOperations = fc.array(
  fc.oneof({ weight: 20, arbitrary: act }, { weight: 1, arbitrary: fc.constant(pass) }),
  { minLength: 10, maxLength: 80 },
);
