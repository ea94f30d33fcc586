import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where the process that owns a data folder answers its operator: on loopback, to who can read this file. */
export interface ControlAddress {
  readonly port: number;
  readonly pid: number;
  /** Made anew at every start; nobody else is given it. */
  readonly token: string;
}

const fileIn = (dataDir: string): string => join(dataDir, 'control.json');

export async function writeControlAddress(dataDir: string, address: ControlAddress): Promise<void> {
  const part = `${fileIn(dataDir)}.part`;
  await writeFile(part, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  await rename(part, fileIn(dataDir));
}

export async function removeControlAddress(dataDir: string): Promise<void> {
  await rm(fileIn(dataDir), { force: true });
}

/** The address that a process left, whether or not it still runs; undefined where there is none. */
export async function readControlAddress(dataDir: string): Promise<ControlAddress | undefined> {
  const text = await readFile(fileIn(dataDir), 'utf8').catch(() => '{}');
  const { port, pid, token } = parsed(text);
  const isWhole = typeof port === 'number' && typeof pid === 'number' && typeof token === 'string';
  return isWhole ? { port, pid, token } : undefined;
}

function parsed(text: string): Partial<Record<keyof ControlAddress, unknown>> {
  try {
    return JSON.parse(text) as Partial<Record<keyof ControlAddress, unknown>>;
  } catch {
    return {};
  }
}
