// A process that is one owner of the catalog named on the command line and does what lines on its standard input say:
// `{"method": …, "args": […]}`. It answers each with a line. Run by tests that kill or stop such a process.
import { createInterface } from 'node:readline';
import { openCacheCatalog } from '../../src/adapters/embedded/cachecatalog.ts';
import { systemClock } from '../../src/adapters/embedded/clock.ts';

const [path = ''] = process.argv.slice(2);
const catalog = await openCacheCatalog({ path, clock: systemClock });
const answer = (value: unknown) => process.stdout.write(`${JSON.stringify(value ?? null)}\n`);
answer(catalog.owner);

type Method = 'pin' | 'claim' | 'victims';
for await (const line of createInterface({ input: process.stdin })) {
  const { method, args } = JSON.parse(line) as { method: Method | 'settle' | 'shut'; args: never[] };
  if (method === 'settle') {
    // Begun and never ended.
    await new Promise<void>((begun) => void catalog.settling(() => new Promise<void>(() => begun())));
    answer(null);
  } else if (method === 'shut') {
    await new Promise<void>((begun) => void catalog.exclusively(() => new Promise<void>(() => begun())));
    answer(null);
  } else {
    const call: (...args: never[]) => Promise<unknown> = catalog[method];
    answer(await call(...args));
  }
}
// Whoever started it has gone.
process.exit();
