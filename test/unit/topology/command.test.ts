import { Command } from 'commander';
import { afterEach, expect, it, vi } from 'vitest';
import { addTopology } from '../../../src/cli/topology.ts';

afterEach(() => vi.restoreAllMocks());

async function run(...words: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command('cliptide').exitOverride();
  addTopology(program);
  await program.parseAsync(['topology', ...words], { from: 'user' });
  return write.mock.calls.map(([text]) => String(text)).join('');
}

it('prints the graph for a Mermaid renderer and nothing else', async () => {
  const output = await run('graph');
  expect(output.startsWith('flowchart LR\n')).toBe(true);
  expect(output).toContain('conduct <--> t_highlights_journal');
});

it('says that all is well, with the exit code for it', async () => {
  expect(await run('check')).toMatch(/^all is well: \d+ topics, 8 stages\n$/);
  expect(process.exitCode).toBeUndefined();
});

it('prints no line of NDJSON where nothing is wrong', async () => {
  expect(await run('check', '--json')).toBe('');
});
