import { describe } from 'vitest';
import { appending } from './eventlog/appending.ts';
import { consuming } from './eventlog/consuming.ts';
import { type OpenEventLog, useBench } from './eventlog/harness.ts';
import { looking } from './eventlog/looking.ts';
import { modelled } from './eventlog/model.ts';
import { sharing } from './eventlog/sharing.ts';

/** What every event log must do. `open` gives a harness over an empty log, for each test. */
export function eventLogContract(name: string, open: OpenEventLog): void {
  describe(`event log: ${name}`, () => {
    const bench = useBench(open);
    describe('appending and reading', () => appending(bench));
    describe('consuming', () => consuming(bench));
    describe('sharing a group', () => sharing(bench));
    describe('looking from outside', () => looking(bench));
    modelled(bench);
  });
}
