import type { OriginPolicy } from '../../src/adapters/fetch/http/originpolicy.ts';

/** Everything may be asked: origins of tests are on loopback, at any port. */
export const openPolicy: OriginPolicy = { approach: () => ({ pool: 'other', lookup: undefined }) };
