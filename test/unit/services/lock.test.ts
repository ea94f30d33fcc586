import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { layoutOf } from '../../../scripts/services/layout.ts';
import { locked } from '../../../scripts/services/lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'cliptide-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));
const layout = layoutOf(folder);
const { signal } = new AbortController();

describe('a change of the services', () => {
  it('waits until another one is done', async () => {
    const order: string[] = [];
    const first = locked(layout, signal, async () => {
      await sleep(300);
      order.push('first ends');
    });
    const second = locked(layout, signal, async () => void order.push('second begins'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first ends', 'second begins']);
  });

  it('does not wait for a process that was killed', async () => {
    const modules = fileURLToPath(new URL('../../../scripts/services/', import.meta.url));
    const script = `
      const { layoutOf } = await import(${JSON.stringify(`${modules}layout.ts`)});
      const { locked } = await import(${JSON.stringify(`${modules}lock.ts`)});
      await locked(layoutOf(${JSON.stringify(folder)}), new AbortController().signal, async () => {
        process.stdout.write('held');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script]);
    await once(holder.stdout, 'data');
    const ended = once(holder, 'exit');
    const held = await locked(layout, AbortSignal.timeout(300), async () => 'not held').catch(() => 'held');
    holder.kill('SIGKILL');
    await ended;
    expect([held, await locked(layout, signal, async () => 'not held')]).toEqual(['held', 'not held']);
  });
});
