import type { SchemaState, Settings } from './planstate.ts';

/** What a plan does not do, and why. */
export interface Fault {
  readonly code: 'partitions' | 'key' | 'cleanup' | 'schema' | 'migration';
  readonly subject: string;
  readonly reason: string;
  readonly hint: string;
}

const generation = 'begin a new generation of the topic, under another prefix, and move its records there';

export function partitionFault(subject: string, wanted: number, found: number): Fault | undefined {
  if (wanted === found) return undefined;
  const why = 'with another number keys would move to other partitions, away from the state of their stage';
  return {
    code: 'partitions',
    subject,
    reason: `topic ${subject} has ${found} partitions, not ${wanted}: ${why}`,
    hint: `set partitions to ${found}, or ${generation}`,
  };
}

export function keyFault(subject: string, wanted: string, found: string | undefined): Fault | undefined {
  if (found === undefined || found === wanted) return undefined;
  const why = 'what lies in it would be in other partitions than what follows';
  return {
    code: 'key',
    subject,
    reason: `topic ${subject} is keyed by ${found}, not by ${wanted}: ${why}`,
    hint: `keep the key, or ${generation}`,
  };
}

/** The policy says which records are kept, so a change of it removes some. */
export function policyFault(subject: string, wanted: Settings, found: Settings): Fault | undefined {
  const [to, from] = [wanted['cleanup.policy'], found['cleanup.policy']];
  if (to === from) return undefined;
  return {
    code: 'cleanup',
    subject,
    reason: `topic ${subject} has cleanup.policy=${from}, not ${to}: the change would remove records`,
    hint: `if they may go, set cleanup.policy=${to} yourself with kafka-configs.sh; else ${generation}`,
  };
}

export function schemaFault(subject: string, state: SchemaState | undefined): Fault | undefined {
  if (typeof state !== 'object') return undefined;
  return {
    code: 'schema',
    subject,
    reason: `schema ${subject} does not go with the version that is registered: ${state.incompatible}`,
    hint: 'give every field that is added or removed a default, and leave the types as they are',
  };
}

export function migrationFault(
  { name, checksum }: { readonly name: string; readonly checksum: string },
  applied: string | undefined,
): Fault | undefined {
  if (applied === undefined || applied === checksum) return undefined;
  return {
    code: 'migration',
    subject: name,
    reason: `migration ${name} was changed after it was applied`,
    hint: 'put the file back as it was, and write the change as a new migration',
  };
}
