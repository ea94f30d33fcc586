import type { Command } from 'commander';
import { type Plan, planOf } from '../../../topology/plan.ts';
import type { Wanted } from '../../../topology/planstate.ts';
import type { ClusterConfig } from '../../config/cluster.ts';
import type { Config } from '../../config/config.ts';
import { CliptideError } from '../../domain/errors.ts';
import { Lifecycle } from '../../runtime/lifecycle.ts';
import { type CommandContext, contextOf } from '../context.ts';
import { exit } from '../exit.ts';
import { printable } from '../printable.ts';
import { printRights } from './acls.ts';
import { applyTopology, type OnStep } from './apply.ts';
import { planLines, planReport, stepLine } from './report.ts';
import { openServices } from './services.ts';
import { readState, type Services } from './state.ts';
import { wantedOf } from './wanted.ts';

interface Options {
  readonly json?: true;
}

interface PlanOptions extends Options {
  readonly acls?: true;
}

/** `cliptide topology plan`: what the cluster lacks, or who needs which rights. */
export async function plan({ json, acls }: PlanOptions, command: Command): Promise<void> {
  const context = contextOf(command);
  if (acls) return printRights(clusterOf(context.config), json, context);
  await withPlan(context, json, false, async (wanted, services, tell) => {
    const found = planOf(wanted, await readState(wanted, services));
    for (const step of found.steps) await tell(step);
    return found;
  });
}

/** `cliptide topology apply`: makes it so. */
export async function apply({ json }: Options, command: Command): Promise<void> {
  await withPlan(contextOf(command), json, true, applyTopology);
}

type Work = (wanted: Wanted, services: Services, tell: OnStep) => Promise<Plan>;

async function withPlan(
  context: CommandContext,
  json: true | undefined,
  isApplied: boolean,
  work: Work,
): Promise<void> {
  const { config, log, output } = context;
  const cluster = clusterOf(config);
  const lifecycle = new Lifecycle(log);
  const tell: OnStep = async (step) => {
    if (json) await output.write(stepLine(step));
    else process.stdout.write(`${printable(step.text)}\n`);
  };
  try {
    const services = await openServices(cluster, log, lifecycle);
    const made = await work(await wantedOf(config.topology, cluster.clickhouse !== undefined), services, tell);
    await conclude(made, json, isApplied, context);
  } finally {
    await lifecycle.stop(config.shutdownDeadlineMs);
  }
}

async function conclude(
  made: Plan,
  json: true | undefined,
  isApplied: boolean,
  context: CommandContext,
): Promise<void> {
  if (json) for (const line of planLines(made)) await context.output.write(line);
  else process.stdout.write(planReport(made, isApplied));
  if (made.refusals.length > 0) process.exitCode = exit.failed;
}

/** Rejects with `config` where everything is embedded. */
export function clusterOf({ cluster }: Config): ClusterConfig {
  if (cluster !== undefined) return cluster;
  throw new CliptideError('config', 'no cluster is configured', {
    where: 'the configuration',
    hint: 'set kafka.brokers and registry.url, and clickhouse.url for the results (docs/configuration.md)',
  });
}
