import { Command } from 'commander';
import { checkTopology, type Finding } from '../../topology/check.ts';
import { stages } from '../../topology/graph.ts';
import { mermaid } from '../../topology/mermaid.ts';
import { topics } from '../../topology/topics.ts';
import { loadSchemas } from '../adapters/avro/schemas.ts';
import { exit } from './exit.ts';

/** `cliptide topology`: the topics and stages as a picture, and what is wrong with them. */
export function addTopology(program: Command): void {
  program.addCommand(topologyCommand().copyInheritedSettings(program));
}

export function topologyCommand(): Command {
  const command = new Command('topology').description('show or check the topics and the stages between them');
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
  return command;
}

const ndjson = (findings: readonly Finding[]): string =>
  findings.map((finding) => `${JSON.stringify({ kind: 'finding', ...finding })}\n`).join('');

function report(findings: readonly Finding[]): string {
  if (findings.length === 0) {
    return `all is well: ${Object.keys(topics).length} topics, ${Object.keys(stages).length} stages\n`;
  }
  return findings.map(({ message, hint }) => `${message}\n  to do: ${hint}\n`).join('');
}
