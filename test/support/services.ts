import { beforeAll, describe, expect, inject, it } from 'vitest';
import { layoutOf } from '../../scripts/services/layout.ts';
import { programsInPlace } from '../../scripts/services/programs/programs.ts';
import type { Service } from '../../scripts/services/state.ts';
import { variableOf } from './services/found.ts';
import { demand } from './services/ondemand.ts';
import { type OwnOptions, type OwnServices, ownServices } from './services/own.ts';

/** What clients are given of a service: Kafka's brokers with commas between them, the others' URLs. */
export type AddressOf = (service: Service) => string;

/** Time for a container whose image has to be fetched first. */
const startMs = 600_000;

/**
 * Tests on services that all tests share: `TEST_KAFKA` and its like, else those of `npm run services up`, else
 * containers. Where one is missing the tests are skipped by name; with REQUIRE_SERVICES=1 they fail. The addresses can
 * be asked for inside tests and hooks.
 */
export function describeWithServices(
  needed: readonly Service[],
  name: string,
  define: (addressOf: AddressOf) => void,
): void {
  const { addresses, onDemand } = inject('services');
  const missing = needed.filter((service) => addresses[service] === undefined && onDemand === null);
  const asked = new Map<Service, string>();
  const addressOf: AddressOf = (service) => {
    const address = asked.get(service);
    if (address === undefined) throw new Error(`these tests do not say that they need ${service}`);
    return address;
  };
  const variables = missing.map(variableOf).join(', ');
  describeUnless(missing, `${name}: no ${missing.join(', ')} (npm run services up, or ${variables})`, name, () => {
    beforeAll(async () => {
      for (const service of needed) asked.set(service, addresses[service] ?? (await demand(onDemand ?? '', service)));
    }, startMs);
    define(addressOf);
  });
}

/**
 * Tests that stop, kill and restart services, which are started for them alone in a folder named by `options.folder`,
 * and only where nothing has to be fetched for it. Else they are skipped by name; with REQUIRE_SERVICES=1 they fail.
 */
export function describeWithOwnServices(options: OwnOptions, name: string, define: (own: OwnServices) => void): void {
  // Minutes of starting and killing: only where services are asked for.
  const isAsked = process.env.REQUIRE_SERVICES === '1';
  const missing = options.services.filter((service) => !isAsked || !programsInPlace(new Set([service]), layoutOf()));
  describeUnless(
    missing,
    `${name}: no programs of ${missing.join(', ')} asked for (npm run services up, and REQUIRE_SERVICES=1)`,
    name,
    () => define(ownServices(options)),
  );
}

/** Skipped by the name of what is missing, aloud; with REQUIRE_SERVICES=1 they fail. */
export function describeUnless(missing: readonly string[], why: string, name: string, define: () => void): void {
  if (missing.length === 0) return void describe(name, define);
  if (process.env.REQUIRE_SERVICES === '1') {
    return void describe(name, () => it('has the services that it needs', () => expect.fail(why)));
  }
  console.warn(`skipped: ${why}`);
  describe.skip(why, define);
}
