import { describe } from 'vitest';

export type Service = 'kafka' | 'registry' | 'redis' | 'clickhouse';

/** Tests on services whose addresses are in CLIPTIDE_TEST_KAFKA and its like; skipped by name, aloud, where they are not. */
export function describeWithServices(
  needed: readonly Service[],
  name: string,
  define: (addressOf: (service: Service) => string) => void,
): void {
  const variables = needed.map((service) => `CLIPTIDE_TEST_${service.toUpperCase()}`);
  const missing = variables.filter((variable) => (process.env[variable] ?? '') === '');
  if (missing.length > 0) {
    console.warn(`skipped: ${name}: ${missing.join(', ')} not set`);
    return void describe.skip(`${name}: ${missing.join(', ')} not set`, () => define(() => ''));
  }
  describe(name, () => define((service) => process.env[`CLIPTIDE_TEST_${service.toUpperCase()}`] ?? ''));
}
