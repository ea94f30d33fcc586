import { z } from 'zod';
import { budgetKeys } from './budgetkeys.ts';
import { clusterKeys } from './clusterkeys.ts';
import { dataKeys } from './datakeys.ts';
import type { KeySpec } from './keyspec.ts';
import { mediaKeys } from './mediakeys.ts';
import { originKeys } from './originkeys.ts';
import { s3Keys } from './s3keys.ts';
import { scoringKeys } from './scoringkeys.ts';
import { mustDiffer, source, sourceFields } from './source.ts';
import { address, choice, secret, text, webhookSecret, whole } from './values.ts';

/** What a process can be, in the order in which the topology names them; `api` serves people and programs. */
export const roleNames = ['ingest', 'score', 'conduct', 'refine', 'render', 'record', 'notify', 'api'] as const;
export type RoleName = (typeof roleNames)[number];

const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const day = 24 * 60 * 60 * 1000;

const webhookFields = { url: address, secret: secret(webhookSecret).optional(), secretFile: text.optional() };

const webhook = z
  .strictObject(webhookFields)
  .refine((value) => (value.secret === undefined) !== (value.secretFile === undefined), {
    error: 'must have either a secret or a secretFile',
  });

/** Every key there is. */
export const keys = {
  ...dataKeys,
  roles: {
    schema: z
      .array(choice(roleNames), { error: 'must be a list of roles' })
      .min(1, { error: 'must name at least one role' })
      .default([...roleNames]),
    type: 'list',
    values: roleNames.join(', '),
    description: 'What this process does; every role unless given. Embedded, one process has them all.',
  },
  node: {
    schema: z
      .string({ error: 'must be a text' })
      .regex(/^[A-Za-z0-9._-]{1,64}$/, { error: 'must be 1 to 64 letters, digits, dots, dashes or underscores' })
      .optional(),
    type: 'text',
    description: "Name of this node, which keeps its partitions' media; the machine's name unless given.",
  },
  clipsDir: {
    schema: text.optional(),
    type: 'path',
    description: 'Folder of the clips; all nodes need the same. `clips` in the data folder unless given.',
  },
  partitions: {
    schema: whole(1, 64).default(4),
    type: 'number',
    description: 'Partitions of every topic. A data folder keeps the number that it was made with.',
  },
  ffmpeg: {
    schema: text.optional(),
    type: 'path',
    description: 'ffmpeg to use; without it the PATH is searched, then the one that came with npm.',
  },
  ffprobe: {
    schema: text.optional(),
    type: 'path',
    description: 'ffprobe to use; without it the PATH is searched, then the one that came with npm.',
  },
  ...originKeys,
  sqlPort: {
    schema: whole(0, 65_535).default(0),
    type: 'number',
    description: 'Loopback port of the read-only ClickHouse interface of `run`; 0 takes any free one.',
  },
  'http.port': {
    schema: whole(0, 65_535).optional(),
    type: 'number',
    description: 'Port at which `run` answers for its health and its metrics; 0 takes any free one, none unless given.',
  },
  'http.host': {
    schema: text.default('127.0.0.1'),
    type: 'text',
    description: 'Address that this port is bound to. Anyone who reaches it can read health and metrics.',
  },
  logLevel: {
    schema: choice(logLevels).optional(),
    type: 'choice',
    values: logLevels.join(', '),
    description: 'Least important messages that are logged; without it `info` in `run` and `live`, `warn` elsewhere.',
  },
  sources: {
    schema: z.array(source, { error: 'must be a list of sources' }).superRefine(mustDiffer).default([]),
    type: 'json',
    only: 'file',
    fields: Object.keys(sourceFields),
    description: 'Broadcasts that `run` watches; see "Sources" below.',
  },
  ...scoringKeys,
  presets: {
    schema: z
      .array(choice(['source', 'copy']), { error: 'must be a list of presets' })
      .min(1, { error: 'must name at least one preset' })
      .default(['source']),
    type: 'list',
    values: 'source, copy',
    description: 'Presets that every approved highlight is rendered by.',
  },
  ...mediaKeys,
  'concurrency.refine': {
    schema: whole(1, 64).default(2),
    type: 'number',
    description: 'Highlights refined at a time.',
  },
  'concurrency.render': {
    schema: whole(1, 64).default(1),
    type: 'number',
    description: 'Clips rendered at a time.',
  },
  ...budgetKeys,
  webhooks: {
    schema: z.array(webhook, { error: 'must be a list of {"url", "secret"}' }).default([]),
    type: 'json',
    secret: true,
    fields: Object.keys(webhookFields),
    description: 'Endpoints that each rendered clip is announced to, as Standard Webhooks; see "Webhooks" below.',
  },
  userKey: {
    schema: secret(text.min(16, { error: 'must have at least 16 characters' })).optional(),
    type: 'text',
    secret: true,
    description: 'Key of the pseudonyms of chatters; without it one is made and kept in the data folder.',
  },
  retentionHours: {
    schema: z
      .record(z.string(), whole(1, 87_600), { error: 'must be an object of names of topics and tables with hours' })
      .default({}),
    type: 'json',
    description:
      'Hours that topics and tables keep what they hold, where it is not the default: `{"live.analytics": 24}`; see "Retention" below.',
  },
  shutdownDeadlineMs: {
    schema: whole(100, day).default(10_000),
    type: 'number',
    description: 'How long a stop may take before it is forced, in milliseconds.',
  },
  ...s3Keys,
  ...clusterKeys,
  debug: {
    schema: z.boolean({ error: 'must be true or false' }).default(false),
    type: 'switch',
    only: 'environment',
    description: 'Whether errors are printed with their causes and stacks.',
  },
} as const satisfies Readonly<Record<string, KeySpec>>;

export type KeyName = keyof typeof keys;

/** The parsed value of every key. */
export type KeyValues = { readonly [K in KeyName]: z.output<(typeof keys)[K]['schema']> };

/** Name of the environment variable of a key: `concurrency.refine` is `CLIPTIDE_CONCURRENCY_REFINE`. */
export const variableOf = (key: string): string =>
  `CLIPTIDE_${key
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
