import { EventEmitter } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { formatBytes } from '../../../src/cli/bytes.ts';
import { exitCodeOf, worstOf } from '../../../src/cli/exit.ts';
import { describeFailure } from '../../../src/cli/failure.ts';
import { ndjsonWriter } from '../../../src/cli/ndjson.ts';
import { onInterruption } from '../../../src/cli/signals.ts';
import { table } from '../../../src/cli/table.ts';
import { terminalOn } from '../../../src/cli/terminal.ts';
import { CliptideError } from '../../../src/domain/errors.ts';

describe('exit codes', () => {
  it.each([
    ['usage', 2],
    ['config', 2],
    ['input', 2],
    ['budget', 3],
    ['space', 3],
    ['aborted', 130],
    ['media', 1],
    ['internal', 1],
  ] as const)('%s ends with %i', (code, expected) => {
    expect(exitCodeOf(new CliptideError(code, 'x'))).toBe(expected);
  });

  it('of several files are the worst one, and 0 of none', () => {
    expect([worstOf([0, 2, 1]), worstOf([3, 0, 2]), worstOf([1, 130]), worstOf([])]).toEqual([2, 3, 130, 0]);
  });
});

describe('a failure', () => {
  const cause = new Error('the cause');
  const failure = new CliptideError('input', 'no\x1b[31mthing', { where: 'a.json:3', hint: 'look', cause });

  it('is told as what, where and what to do, without a stack, and without escape sequences of its own', () => {
    expect(describeFailure(failure, false)).toBe('cliptide: no\uFFFD[31mthing\n  where: a.json:3\n  to do: look\n');
  });

  it('shows its causes when they are asked for', () => {
    expect(describeFailure(failure, true)).toMatch(/the cause[\s\S]*frame\.test\.ts/);
  });

  it("of Cliptide's own says how to see where it arose", () => {
    expect(describeFailure(new TypeError('x is undefined'), false)).toContain('CLIPTIDE_DEBUG=1');
  });
});

describe('an interruption', () => {
  function source() {
    const emitter = new EventEmitter();
    return {
      on: (name: string, listener: () => void) => emitter.on(name, listener),
      off: (name: string, listener: () => void) => emitter.off(name, listener),
      removeAllListeners: (name: string) => emitter.removeAllListeners(name),
      pid: 4711,
      kill: vi.fn(),
      send: (name: string) => emitter.emit(name),
      heard: () => emitter.eventNames(),
    };
  }

  it('asks to stop first, and ends the process at once the second time', () => {
    const process = source();
    let now = 0;
    const { signal } = onInterruption(process, () => now);
    process.send('SIGTERM');
    expect(signal.reason).toMatchObject({ code: 'aborted' });
    expect(process.kill).not.toHaveBeenCalled();
    now = 101;
    process.send('SIGINT');
    // Nothing listens any more, so the signal ends it.
    expect(process.kill).toHaveBeenCalledWith(4711, 'SIGINT');
    expect(process.heard()).not.toContain('SIGINT');
  });

  it('by a closed terminal is one as well, however often it comes', () => {
    const process = source();
    let now = 0;
    const { signal } = onInterruption(process, () => now);
    process.send('SIGHUP');
    now = 5_000;
    process.send('SIGHUP');
    expect(signal.aborted).toBe(true);
    expect(process.kill).not.toHaveBeenCalled();
  });

  it('that `timeout` sends twice, to process and group, is one', () => {
    const process = source();
    onInterruption(process, () => 0);
    process.send('SIGTERM');
    process.send('SIGTERM');
    expect(process.kill).not.toHaveBeenCalled();
  });

  it('is not listened to after its end', () => {
    const process = source();
    onInterruption(process).dispose();
    expect(process.heard()).toEqual([]);
  });
});

describe('output for programs', () => {
  it('is one object a line', async () => {
    const stream = new PassThrough();
    const output = ndjsonWriter(stream);
    await output.write({ kind: 'a', text: 'line\nbreak' });
    await output.write({ kind: 'b' });
    expect(String(stream.read())).toBe('{"kind":"a","text":"line\\nbreak"}\n{"kind":"b"}\n');
  });

  it('waits for a slow reader', async () => {
    const stream = new PassThrough({ highWaterMark: 8 });
    const output = ndjsonWriter(stream);
    let written = false;
    const writing = output.write({ text: 'longer than that' }).then(() => {
      written = true;
    });
    await Promise.resolve();
    expect(written).toBe(false);
    stream.read();
    await writing;
    expect(written).toBe(true);
  });

  it('stops the command when its reader has gone, as `| head` does', async () => {
    const broken = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('EPIPE'), { code: 'EPIPE' })),
    });
    const closed = vi.fn();
    const output = ndjsonWriter(broken, closed);
    await output.write({ kind: 'a' }).catch(() => undefined);
    await expect(output.write({ kind: 'b' })).rejects.toMatchObject({ code: 'aborted' });
    expect(closed).toHaveBeenCalledTimes(1);
  });
});

describe('output for people', () => {
  const recorder = (isTTY: boolean) => {
    const written: string[] = [];
    return { stream: { isTTY, columns: 20, write: (text: string) => written.push(text) > 0 }, written };
  };

  it('redraws progress below the lines that stay', () => {
    const { stream, written } = recorder(true);
    const terminal = terminalOn(stream);
    terminal.progress(['one', 'two']);
    terminal.line('done');
    terminal.end();
    expect(written).toEqual([
      'one\ntwo\n',
      '\x1b[1A\x1b[2K\x1b[1A\x1b[2Kdone\none\ntwo\n',
      '\x1b[1A\x1b[2K\x1b[1A\x1b[2K',
    ]);
  });

  it('shows progress also on a terminal that does not tell its size', () => {
    const { stream, written } = recorder(true);
    terminalOn({ ...stream, columns: 0 }).progress(['on air']);
    expect(written[0]).toBe('on air\n');
  });

  it('never lets a progress line wrap, which would break the redrawing', () => {
    const { stream, written } = recorder(true);
    terminalOn(stream).progress(['x'.repeat(40)]);
    expect(written[0]).toBe(`${'x'.repeat(18)}…\n`);
  });

  it('without a terminal has no control characters, and progress only now and then', () => {
    const { stream, written } = recorder(false);
    let now = 0;
    const terminal = terminalOn(stream, () => now);
    terminal.progress(['1 %']);
    now = 4999;
    terminal.progress(['2 %']);
    now = 5000;
    terminal.progress(['3 %']);
    terminal.line('chat says \x1b]0;pwned\x07');
    expect(written).toEqual(['1 %\n', '3 %\n', 'chat says \uFFFD]0;pwned\uFFFD\n']);
    now = 5001;
    terminal.progress(['100 %']);
    // Who reads it later sees that it came to its end, once.
    terminal.end();
    terminal.end();
    expect(written.slice(3)).toEqual(['100 %\n']);
  });

  it('aligns columns also where titles hold wide characters', () => {
    const rows = [
      ['草草草', 12.5],
      ['gg', 3],
    ];
    expect(table([{ title: 'Title' }, { title: 'Score', align: 'right' }], rows)).toBe(
      'Title   Score\n------  -----\n草草草   12.5\ngg          3\n',
    );
  });

  it('writes bytes in the unit that a person would', () => {
    expect([0, 999, 1000, 999_999, 20e9, 1.234e12].map(formatBytes)).toEqual([
      '0 B',
      '999 B',
      '1.0 kB',
      '1.0 MB',
      '20.0 GB',
      '1.2 TB',
    ]);
  });
});
