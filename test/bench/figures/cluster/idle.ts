import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CliProcess } from '../../../support/cliprocess.ts';
import type { Figure, Row } from '../../figure.ts';
import { installation } from './installation.ts';
import { onServices } from './services.ts';

/** Without sources `ingest` has nothing to do, and would end: it is there beside the others. */
const roles = ['score', 'conduct', 'refine', 'render', 'record', 'notify', 'api'] as const;
const settleMs = 10_000;
const lookMs = 30_000;
/** Linux counts processor time in hundredths of a second. */
const ticksPerSecond = 100;

/** What a process costs that has nothing to do: one for each role, and one with all of them. */
export const idle: Figure = {
  name: 'idle',
  measure: (folder) =>
    onServices('Idle processes', 4, async (cluster) => {
      await using place = await installation(cluster, folder);
      const sets = [...roles.map((role) => [role]), ['ingest', ...roles]];
      const started = sets.map((set) => {
        const name = set.length === 1 ? (set[0] ?? '') : 'all';
        const args = ['run', '--roles', set.join(','), '--node', name, '--data', join(folder, name)];
        return { name, roles: set.length, process: new CliProcess(args, { cwd: folder, env: place.env }) };
      });
      try {
        await Promise.all(started.map(({ process }) => process.prints(/^running;/m)));
        await sleep(settleMs);
        const before = started.map(({ process }) => processorSeconds(process.pid));
        await sleep(lookMs);
        const shares = started.map(
          ({ process }, index) => (processorSeconds(process.pid) - (before[index] ?? 0)) / (lookMs / 1_000),
        );
        return [row(started.map(({ name }, index) => ({ name, share: shares[index] ?? 0 })))];
      } finally {
        await Promise.all(started.map(({ process }) => process.kill('SIGTERM')));
      }
    }),
};

function row(shares: readonly { readonly name: string; readonly share: number }[]): Row {
  const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
  const alone = shares.filter(({ name }) => name !== 'all').sort((a, b) => b.share - a.share);
  const all = shares.find(({ name }) => name === 'all')?.share ?? 0;
  return {
    what: `Idle processes on 4 partitions, of a core: the busiest role alone (${alone[0]?.name}), and one process with all ${roles.length + 1}`,
    value: `${percent(alone[0]?.share ?? 0)}, ${percent(all)}`,
    baseline: alone.map(({ name, share }) => `${name} ${percent(share)}`).join(', '),
    aim: 'under 2% a role',
  };
}

function processorSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
