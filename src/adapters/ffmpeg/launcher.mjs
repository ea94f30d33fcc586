// Stands between Cliptide and ffmpeg, because fluent-ffmpeg cannot start it in a session of its own.
//
//   node launcher.mjs DEADLINE_MS GRACE_MS PROGRAM ARGUMENT...
//
// The program gets its own process group, no standard input, and limits where there is a shell to set them. The whole
// group is ended (TERM, then KILL after the grace) at the deadline, on SIGTERM, and when the parent is gone, which
// closes our standard input. The last line on standard error says how it ended, as JSON after a marker.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import process from 'node:process';

const [deadlineMs, graceMs, program, ...args] = process.argv.slice(2);
const windows = process.platform === 'win32';
const shell = '/bin/sh';
const parent = process.ppid;

/** A last net under the deadline: no core file, so many seconds of CPU, so much address space (KiB). */
function withLimits() {
  if (windows || !existsSync(shell)) return [program, args];
  const cpuSeconds = Math.ceil((Number(deadlineMs) / 1000) * availableParallelism()) + 10;
  const limits = `ulimit -c 0; ulimit -t ${cpuSeconds}; ulimit -v ${16 * 1024 * 1024}`;
  return [shell, ['-c', `{ ${limits}; } 2>/dev/null; exec "$0" "$@"`, program, ...args]];
}

let ended = '';
const [command, commandArgs] = withLimits();
const child = spawn(command, commandArgs, {
  detached: !windows,
  stdio: ['ignore', 'inherit', 'inherit'],
  windowsHide: true,
});

function killGroup(signal) {
  try {
    if (windows) child.kill(signal);
    else if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // The group is gone already.
  }
}

function stop(reason) {
  if (ended !== '') return;
  ended = reason;
  killGroup('SIGTERM');
  setTimeout(() => killGroup('SIGKILL'), Number(graceMs));
}

function finish(report, code) {
  // What the program forked is still in the group.
  killGroup('SIGKILL');
  process.stderr.write(`\n[launcher] ${JSON.stringify({ ended, ...report })}\n`, () => process.exit(code));
}

child.on('error', (error) => finish({ code: null, signal: null, error: error.message }, 127));
child.on('exit', (code, signal) => finish({ code, signal }, ended === '' ? (code ?? 1) : 1));
setTimeout(() => stop('deadline'), Number(deadlineMs));
process.on('SIGTERM', () => stop('stopped'));
// A Ctrl-C reaches the whole terminal; whether work goes on is the parent's decision.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {});
for (const event of ['end', 'close', 'error']) process.stdin.on(event, () => stop('orphaned'));
process.stdin.resume();
// A copy of our standard input's other end may have been inherited by a process that lives on.
setInterval(() => process.ppid !== parent && stop('orphaned'), 1000);
