#!/usr/bin/env node
// Plain JavaScript that any Node from 16 on can read: it finds the Node that Cliptide needs and starts the command line.
import { spawn } from 'node:child_process';
import { closeSync, createReadStream, existsSync, fstatSync, openSync } from 'node:fs';
import module, { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';

const needed = 24;
const self = fileURLToPath(import.meta.url);

/** The Node that comes with npm, in a package for this platform (those that the npm package `node` installs from). */
function ownNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const names = [`node-${platform}-${process.arch}`, `node-bin-${platform}-${process.arch}`];
  for (const name of names) {
    try {
      const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
      const path = join(folder, 'bin', platform === 'win' ? 'node.exe' : 'node');
      if (existsSync(path)) return path;
    } catch {
      // Another name may be the one; where there is none, the person is told.
    }
  }
  return undefined;
}

function refuse() {
  process.stderr.write(
    `cliptide: Node ${needed} or newer is needed; this is ${process.version}, and none came with npm for this platform\n` +
      `  where: ${process.execPath}\n` +
      `  to do: run "npm ci" (with optional packages), or put a Node ${needed} first in the PATH\n`,
  );
  process.exitCode = 2;
}

/** Runs this file again under a Node, as if it were this process: same output, same signals, same end. */
function runUnder(node, input = ['inherit', 'inherit', 'inherit', 'ipc'], env = process.env) {
  const child = spawn(node, [self, ...process.argv.slice(2)], { stdio: input, env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', refuse);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

/** The variable by which the process below learns at which number its standard input lies. */
const inputVariable = 'NODE_CLIPTIDE_INPUT';

/**
 * Takes standard input out of the way. The embedded ClickHouse takes what it holds for rows of whatever is inserted
 * next (tried with chDB 3.4: `while read f; do cliptide clip ...; done` failed), so number 0 becomes the null device.
 * Who reads `process.stdin` still gets it, under another number. Returns whether this process can go on: a socket, as
 * programs give their children, can be moved for a new process only.
 */
function moveInput() {
  const given = process.env[inputVariable];
  delete process.env[inputVariable];
  if (given !== undefined) return readInputAt(Number(given));
  try {
    // Windows has no chDB; a terminal and the null device hold nothing.
    if (process.platform === 'win32' || fstatSync(0).isCharacterDevice()) return true;
  } catch {
    return true;
  }
  const isLive = process.argv.includes('live') && process.argv.some((arg) => arg === '-' || arg === '--events=-');
  const isRead =
    isLive || process.argv.some((arg) => /^(?:--[a-z]+=)?\/(?:dev\/stdin|dev\/fd\/0|proc\/self\/fd\/0)$/.test(arg));
  if (isRead) {
    try {
      readInputAt(openSync('/dev/stdin', 'r'));
    } catch {
      runUnder(process.execPath, ['ignore', 'inherit', 'inherit', 'ipc', 0], { ...process.env, [inputVariable]: '4' });
      return false;
    }
  }
  closeSync(0);
  openSync('/dev/null', 'r');
  return true;
}

function readInputAt(fd) {
  const stream = fstatSync(fd).isFile()
    ? createReadStream('', { fd })
    : new Socket({ fd, readable: true, writable: false });
  Object.defineProperty(process, 'stdin', { value: stream, configurable: true });
  return true;
}

/** Until a command listens, too, there is nothing to clean up. */
function endWhenInterrupted() {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => process.listenerCount(signal) === 1 && process.exit(130));
}

async function start() {
  endWhenInterrupted();
  // Types are stripped and code is compiled once for each version of a file, not at each start.
  module.enableCompileCache?.();
  // A stream of small records makes much short-lived garbage; larger young generations only let memory grow by it.
  setFlagsFromString('--max-semi-space-size=4');
  setFlagsFromString('--semi-space-growth-factor=1');
  if (!moveInput()) return;
  // A query of the embedded ClickHouse holds one of libuv's threads, of which there are four unless this says otherwise.
  process.env.UV_THREADPOOL_SIZE ??= '8';
  // A launcher that was killed outright takes this process along.
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
  process.channel?.unref();
  // node:sqlite and type stripping announce themselves as experimental on every start.
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
  // Node strips no types below node_modules: there the package is compiled.
  const published = dirname(self).split(sep).includes('node_modules');
  const { main } = await import(published ? '../dist/src/main.js' : './main.ts');
  await main(process.argv);
}

if (Number(process.versions.node.split('.')[0]) >= needed) await start();
else {
  const node = ownNode();
  if (node === undefined || node === process.execPath) refuse();
  else runUnder(node);
}
