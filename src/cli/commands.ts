import type { Command } from 'commander';

/** Adds a command to the program. */
export type AddCommand = (program: Command) => void;

/** Every command, in the order of the help; loaded one by one, since most need only a few of the parts. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  demo: async () => (await import('./demo.ts')).addDemo,
  clip: async () => (await import('./clip.ts')).addClip,
  score: async () => (await import('./score.ts')).addScore,
  eval: async () => (await import('./eval.ts')).addEval,
  tune: async () => (await import('./tune.ts')).addTune,
  explain: async () => (await import('./explain.ts')).addExplain,
  run: async () => (await import('./run.ts')).addRun,
  live: async () => (await import('./live.ts')).addLive,
  sql: async () => (await import('./sql.ts')).addSql,
  backfill: async () => (await import('./backfill.ts')).addBackfill,
  runs: async () => (await import('./runs.ts')).addRuns,
  diff: async () => (await import('./diff.ts')).addDiff,
  budget: async () => (await import('./budget.ts')).addBudget,
  lag: async () => (await import('./lag.ts')).addLag,
  dead: async () => (await import('./dead.ts')).addDead,
  cache: async () => (await import('./cache.ts')).addCache,
  recover: async () => (await import('./recover.ts')).addRecover,
  backup: async () => (await import('./backup.ts')).addBackup,
  restore: async () => (await import('./restore.ts')).addRestore,
  topology: async () => (await import('./topology.ts')).addTopology,
  doctor: async () => (await import('./doctor.ts')).addDoctor,
};

/** The command that the arguments ask for, or all of them where they ask for help or for none that there is. */
export async function commandsFor(args: readonly string[]): Promise<readonly AddCommand[]> {
  const asked = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '--config');
  const one = asked !== undefined && Object.hasOwn(commands, asked) ? commands[asked] : undefined;
  return one === undefined ? Promise.all(Object.values(commands).map((load) => load())) : [await one()];
}
