import { Command } from 'commander';
import { afterEach, expect, it, vi } from 'vitest';
import { addTopology } from '../../../src/cli/topology.ts';

const finding = { code: 'not-read', subject: 'timers', message: 'nobody reads topic timers', hint: 'read it' };
vi.mock('../../../topology/check.ts', () => ({ checkTopology: () => [finding] }));
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

async function run(...words: string[]): Promise<string> {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const program = new Command('cliptide').exitOverride();
  addTopology(program);
  await program.parseAsync(['topology', ...words], { from: 'user' });
  return write.mock.calls.map(([text]) => String(text)).join('');
}

it('prints what is wrong and what to do, and ends with exit code 1', async () => {
  expect(await run('check')).toBe('nobody reads topic timers\n  to do: read it\n');
  expect(process.exitCode).toBe(1);
});

it('prints each finding as a line of NDJSON, and ends with exit code 1', async () => {
  expect(JSON.parse(await run('check', '--json'))).toEqual({ kind: 'finding', ...finding });
  expect(process.exitCode).toBe(1);
});
