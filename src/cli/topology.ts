import type { Command } from 'commander';
import { checkTopology, type Finding } from '../../topology/check.ts';
import { stages } from '../../topology/graph.ts';
import { mermaid } from '../../topology/mermaid.ts';
import { topics } from '../../topology/topics.ts';
import { loadSchemas } from '../adapters/avro/schemas.ts';
import { exit } from './exit.ts';

/** `cliptide topology`: the topics and stages as a picture, what is wrong with them, and a cluster made after them. */
export function addTopology(program: Command): void {
  const command = program
    .command('topology')
    .description('show or check the topics and the stages between them, and make a cluster after them');
  command
    .command('graph')
    .description('print the topology as a Mermaid flowchart')
    .action(() => {
      process.stdout.write(mermaid(topics, stages));
    });
  command
    .command('check')
    .description('say what is wrong with the topology; exit code 1 if anything is')
    .option('--json', 'print NDJSON')
    .action(({ json }: { json?: true }) => {
      const findings = checkTopology(topics, stages, { schemas: new Set(loadSchemas().keys()) });
      process.stdout.write(json ? ndjson(findings) : report(findings));
      if (findings.length > 0) process.exitCode = exit.failed;
    });
  addCluster(command);
}

/** The commands that ask a cluster, which are loaded when they are used. */
function addCluster(command: Command): void {
  command
    .command('plan')
    .description('say what differs from the cluster, and what is refused; exit code 1 if anything is')
    .option('--acls', 'print the least rights that each role needs instead, as commands')
    .option('--json', 'print NDJSON')
    .action(async (options: { json?: true; acls?: true }, own: Command) =>
      (await import('./topology/cluster.ts')).plan(options, own),
    );
  command
    .command('apply')
    .description('make topics, settings, schemas and tables as they should be; nothing while anything is refused')
    .option('--json', 'print NDJSON')
    .action(async (options: { json?: true }, own: Command) =>
      (await import('./topology/cluster.ts')).apply(options, own),
    );
}

const ndjson = (findings: readonly Finding[]): string =>
  findings.map((finding) => `${JSON.stringify({ kind: 'finding', ...finding })}\n`).join('');

function report(findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return `all is well: ${Object.keys(topics).length} topics, ${Object.keys(stages).length} stages\n`;
  }
  return findings.map(({ message, hint }) => `${message}\n  to do: ${hint}\n`).join('');
}
