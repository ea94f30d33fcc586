import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { type Control, controlOf } from '../../../scripts/services/control.ts';
import type { Service } from '../../../scripts/services/state.ts';
import type { UpOptions } from '../../../scripts/services/up.ts';

export interface OwnOptions extends UpOptions {
  /** A name that no other test file has. */
  readonly folder: string;
}

export interface OwnServices extends Omit<Control, 'addresses'> {
  /** What clients are given; inside tests and hooks. */
  address(service: Service): string;
}

const startMs = 300_000;

/** Services that are started before the tests of the `describe` around it, and stopped after them. */
export function ownServices({ folder, ...options }: OwnOptions): OwnServices {
  const dir = fileURLToPath(new URL(`../../../.services/tests/${folder}`, import.meta.url));
  const control = controlOf({ dir, signal: new AbortController().signal, say: () => undefined });
  beforeAll(async () => {
    // What a run that was killed has left.
    await control.down();
    await control.up(options);
  }, startMs);
  afterAll(() => control.down(), startMs);
  return {
    ...control,
    address: (service) => {
      const address = control.addresses()[service];
      if (address === undefined) throw new Error(`${service} is not up`);
      return address;
    },
  };
}
