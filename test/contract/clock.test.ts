import { systemClock } from '../../src/adapters/embedded/clock.ts';
import { VirtualClock } from '../support/virtualclock.ts';
import { clockContract } from './clock.contract.ts';

clockContract('system', () => ({ clock: systemClock, pass: (ms) => systemClock.sleep(ms) }));
clockContract('virtual, of the tests', () => {
  const clock = new VirtualClock(1_000);
  return { clock, pass: (ms) => clock.advance(ms) };
});
