import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { CliptideError } from '../../../src/domain/errors.ts';

export interface RunOptions {
  /** Gets its output, at the end. */
  readonly log: string;
  readonly signal: AbortSignal;
  readonly env?: NodeJS.ProcessEnv;
}

const shownLines = 8;

/** Runs a program to its end; it is ended when the signal is aborted. Rejects with `tool`, which has its last words. */
export async function runProgram(command: string, args: readonly string[], options: RunOptions): Promise<void> {
  const { log, signal } = options;
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, 'a');
  try {
    const child = spawn(command, args, {
      stdio: ['ignore', output, output],
      env: options.env ?? process.env,
      // Ctrl-C of a terminal reaches this process, which then ends that one.
      detached: true,
      signal,
    });
    const [code, by] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    if (code === 0) return;
    throw new CliptideError('tool', `${command} ended with ${code ?? by}:\n${lastLines(log)}`, { where: log });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof CliptideError) throw cause;
    throw new CliptideError('tool', `${command} could not be run`, { where: log, cause });
  } finally {
    closeSync(output);
  }
}

/** The end of a log, for a message. */
export function lastLines(log: string): string {
  const lines = stripVTControlCharacters(readFileSync(log, 'utf8')).split('\n');
  const said = lines.filter((line) => line.trim() !== '');
  return said.slice(-shownLines).join('\n');
}
