// Runs Prometheus' own promtool over the alert rules, their tests, and the metrics of a process at work:
// npm run promtool. Exit 1 with what promtool says; where there is no promtool, it says that it was skipped.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { demoScript } from '../src/demo/script.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const rules = join(root, 'topology/prometheus');
/** How many of the made broadcast's records the process takes in. */
const shownRecords = 2_000;

function promtool(args: readonly string[], input?: string): void {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  if (status !== 0) throw new Error(`promtool ${args.slice(0, 2).join(' ')} failed (${status})`);
}

/** The metrics of `run` once it has scored a part of the made broadcast, whose archive nobody serves. */
async function metricsAtWork(): Promise<string> {
  const work = mkdtempSync(join(tmpdir(), 'cliptide-promtool-'));
  const { streamId, channelId, events } = demoScript(1);
  const end = events.at(-1);
  const lines = [...events.slice(0, shownRecords), end].map((event) => JSON.stringify(event));
  writeFileSync(join(work, 'events.ndjson'), `${lines.join('\n')}\n`);
  const source = { streamId, channelId, events: 'events.ndjson', hls: 'http://127.0.0.1:9/none.m3u8' };
  writeFileSync(join(work, 'cliptide.config.json'), JSON.stringify({ sources: [source] }));
  const launch = join(root, 'src/launch.mjs');
  const args = [launch, 'run', '--port', '0', '--data', join(work, 'data')];
  const child = spawn(process.execPath, args, { cwd: work, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  try {
    return await scrape(await addressOf(child));
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(work, { recursive: true });
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (child.stderr === null) throw new Error('its standard error is not read');
  const said: string[] = [];
  let address: string | undefined;
  for await (const line of createInterface({ input: child.stderr })) {
    said.push(line);
    address = /^http: (\S+)/.exec(line)?.[1];
    if (address !== undefined) break;
  }
  // What it says from now on is not needed, but must not fill the pipe.
  child.stderr.resume();
  if (address === undefined) throw new Error(`cliptide run ended early:\n${said.join('\n')}`);
  return address;
}

/** Resolves with the metrics when something was scored. */
async function scrape(address: string): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const text = await (await fetch(`${address}/metrics`)).text();
    if (/^cliptide_events_total\{stage="score",fate="processed"\} [1-9]/m.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error('nothing was scored within a minute');
}

if (spawnSync('promtool', ['--version']).error !== undefined) {
  process.stdout.write(
    'SKIPPED: alert rules, their tests and the metrics of a process, checked by promtool: it is not there ' +
      '(Debian: apt-get install prometheus)\n',
  );
} else {
  promtool(['check', 'rules', join(rules, 'alerts.yml')]);
  const tests = readdirSync(join(rules, 'tests')).map((name) => join(rules, 'tests', name));
  promtool(['test', 'rules', ...tests]);
  const metrics = await metricsAtWork();
  promtool(['check', 'metrics'], metrics);
  const families = metrics.match(/^# TYPE cliptide_/gm)?.length ?? 0;
  process.stdout.write(`metrics of a process at work: ${families} of Cliptide's own, nothing found\n`);
}
