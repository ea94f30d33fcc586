import { type ChildProcess, spawn } from 'node:child_process';
import { Socket } from 'node:net';

/**
 * Knows the process groups in its arguments, and is told of others as they begin (+) and end (-). Its input ends when this process is gone, killed outright
 * too; then those that are left go as well: TERM, and KILL after a grace.
 */
const script = `
groups="$*"
while read -r sign group; do
  kept=
  for each in $groups; do [ "$each" = "$group" ] || kept="$kept $each"; done
  groups=$kept
  [ "$sign" = - ] || groups="$groups $group"
done
for each in $groups; do kill -TERM "-$each"; done
[ -z "$groups" ] || sleep 2
for each in $groups; do kill -KILL "-$each"; done
`;

/** Groups that are watched, with what is to be done when nobody can watch them. */
const groups = new Map<number, (error: Error) => void>();
/** One small shell for all groups, from the first one on: to start one for each would take as long as half a cut. */
let watcher: ChildProcess | undefined;

/** Has a group watched; returns what ends that. */
export function watchGroup(group: number, onTrouble: (error: Error) => void): () => void {
  groups.set(group, onTrouble);
  if (watcher === undefined) start();
  else tell(watcher, '+', group);
  return () => {
    groups.delete(group);
    if (watcher !== undefined) tell(watcher, '-', group);
  };
}

function start(): void {
  // It is born with what it has to watch: this process may be gone before it could be told.
  const started = spawn('/bin/sh', ['-c', script, 'watcher', ...[...groups.keys()].map(String)], {
    // A Ctrl-C reaches the whole terminal, and must not end this one first.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher = started;
  started.stdin.on('error', () => {});
  started.on('error', (error) => {
    for (const onTrouble of groups.values()) onTrouble(error);
    watcher = undefined;
  });
  started.on('exit', () => {
    watcher = undefined;
    if (groups.size > 0) start();
  });
  // It is no reason to stay for this process.
  started.unref();
  if (started.stdin instanceof Socket) started.stdin.unref();
}

function tell({ stdin }: ChildProcess, sign: '+' | '-', group: number): void {
  stdin?.write(`${sign} ${group}\n`);
}
