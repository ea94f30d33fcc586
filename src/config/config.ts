import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { ChannelLimits } from '../domain/budgets.ts';
import { CliptideError } from '../domain/errors.ts';
import { type ClusterConfig, clusterOf } from './cluster.ts';
import type { KeyName, KeyValues, RoleName } from './keys.ts';
import { type S3Config, s3Of } from './s3.ts';
import { Secret } from './secret.ts';
import { webhookSecret } from './values.ts';

/** The node's disk. */
export interface DataConfig {
  /** Absolute path. */
  readonly dir: string;
  readonly capBytes: number;
  readonly freeSpaceFloorBytes: number;
  readonly cacheCapBytes: number;
}

/** A broadcast that `run` watches. */
export interface SourceConfig {
  readonly streamId: string;
  readonly channelId: string;
  /** Absolute path of a file of NDJSON events. */
  readonly events: string;
  readonly hls: string;
  readonly category: string;
  /** Milliseconds since 1970-01-01 UTC. */
  readonly startedAtMs: number | undefined;
}

export interface WebhookConfig {
  readonly url: string;
  /** `whsec_...`. */
  readonly secret: Secret;
}

/** Where health and metrics are served. */
export interface HttpConfig {
  readonly host: string;
  /** 0 takes any free one; undefined serves nothing. */
  readonly port: number | undefined;
}

/** The configuration in slices: a part of the program is given the ones it needs. */
export interface Config {
  readonly data: DataConfig;
  readonly clips: {
    /** Absolute path of the clip store; undefined is `clips` in the data folder. */
    readonly dir: string | undefined;
    /** Set where the clip store is a bucket instead. */
    readonly s3: S3Config | undefined;
  };
  readonly roles: readonly RoleName[];
  /** Name of this node. */
  readonly node: string;
  /** Undefined where everything is embedded. */
  readonly cluster: ClusterConfig | undefined;
  readonly topology: {
    readonly partitions: number;
    /** Hours by topic, where they are not the topology's. */
    readonly retentionHours: Readonly<Record<string, number>>;
  };
  readonly tools: { readonly ffmpeg: string | undefined; readonly ffprobe: string | undefined };
  readonly fetch: {
    /** As `parseGrant` reads them. */
    readonly allow: readonly string[];
    readonly ports: readonly number[];
  };
  /** Absolute paths of folders. */
  readonly media: { readonly roots: readonly string[] };
  readonly sql: { readonly port: number };
  readonly http: HttpConfig;
  readonly log: { readonly level: KeyValues['logLevel'] };
  readonly sources: readonly SourceConfig[];
  readonly scoring: {
    readonly highlightsPerHour: number;
    readonly latenessMs: number;
    /** Absolute paths of model files. */
    readonly models: readonly string[];
  };
  readonly render: { readonly presets: readonly string[] };
  readonly refine: { readonly by: 'sound' | 'picture' };
  /** Which variant of a master playlist is archived. */
  readonly archive: { readonly mostBitsPerSecond: number | undefined };
  /** What is kept of live archives whose playlists are short; 0 seconds: nothing. */
  readonly tail: { readonly seconds: number; readonly capBytes: number };
  /** How long the media of refined highlights waits for their clips; 0: it does not. */
  readonly review: { readonly hours: number };
  readonly concurrency: { readonly refine: number; readonly render: number };
  /** What a channel may keep and spend unless its settings say otherwise. */
  readonly budget: ChannelLimits;
  readonly webhooks: readonly WebhookConfig[];
  /** Undefined where the data folder's own key is used: see `userKeyOf`. */
  readonly userKey: Secret | undefined;
  readonly shutdownDeadlineMs: number;
  /** Keys that somebody gave a value; the others have their defaults. */
  readonly configured: ReadonlySet<string>;
}

/** Cuts the values into slices; `folderOf` is what a key's relative paths are resolved against. Throws `config`. */
export function slices(values: KeyValues, folderOf: (key: KeyName) => string, configured: ReadonlySet<string>): Config {
  const path = (key: KeyName, value: string): string => resolve(folderOf(key), value);
  const folder = (key: KeyName, value: string): string => mustTakeFolders(key, path(key, value));
  // A bare command name stays one: it is looked up in the PATH.
  const tool = (key: 'ffmpeg' | 'ffprobe'): string | undefined => {
    const value = values[key];
    return value === undefined || !/[\\/]/.test(value) ? value : path(key, value);
  };
  return {
    data: {
      dir: folder('dataDir', values.dataDir),
      capBytes: values.dataCapBytes,
      freeSpaceFloorBytes: values.freeSpaceFloorBytes,
      cacheCapBytes: values.cacheCapBytes ?? Math.floor(values.dataCapBytes / 4),
    },
    clips: {
      dir: values.clipsDir === undefined ? undefined : folder('clipsDir', values.clipsDir),
      s3: s3Of(values, path),
    },
    roles: values.roles,
    node: values.node ?? hostname(),
    cluster: clusterOf(values, path),
    topology: { partitions: values.partitions, retentionHours: values.retentionHours },
    tools: { ffmpeg: tool('ffmpeg'), ffprobe: tool('ffprobe') },
    fetch: { allow: values['fetch.allow'], ports: values['fetch.ports'] },
    media: { roots: values['media.roots'].map((folder) => path('media.roots', folder)) },
    sql: { port: values.sqlPort },
    http: { host: values['http.host'], port: values['http.port'] },
    log: { level: values.logLevel },
    sources: values.sources.map(({ startedAt, category, ...rest }) => ({
      ...rest,
      events: path('sources', rest.events),
      category: category ?? '',
      startedAtMs: startedAt,
    })),
    scoring: {
      highlightsPerHour: values.highlightsPerHour,
      latenessMs: values.latenessMs,
      models: values.scorers.map((file) => path('scorers', file)),
    },
    render: { presets: values.presets },
    refine: { by: values.refineBy },
    archive: { mostBitsPerSecond: values.mostBitsPerSecond },
    tail: { seconds: values['tail.seconds'], capBytes: values['tail.capBytes'] },
    review: { hours: values.reviewHours },
    concurrency: { refine: values['concurrency.refine'], render: values['concurrency.render'] },
    budget: {
      clipBytes: values['budget.clipBytes'],
      clipCount: values['budget.clipCount'],
      clipDays: values['budget.clipDays'],
      fetchedBytesPerHour: values['budget.fetchedBytesPerHour'],
      renderSecondsPerDay: values['budget.renderSecondsPerDay'],
      llmTokensPerDay: values['budget.llmTokensPerDay'],
      llmCostPerDay: values['budget.llmCostPerDay'],
    },
    webhooks: values.webhooks.map((webhook, index) => ({
      url: webhook.url,
      secret: webhook.secret ?? secretFrom(path('webhooks', webhook.secretFile ?? ''), `webhooks[${index}].secretFile`),
    })),
    userKey: values.userKey,
    shutdownDeadlineMs: values.shutdownDeadlineMs,
    configured,
  };
}

/** Node's recursive mkdir never ends where the system answers ENOENT for good. Throws `config` for such a place. */
function mustTakeFolders(key: KeyName, path: string): string {
  if (!/^\/proc(\/|$)/.test(path)) return path;
  const hint = 'choose a folder on a disk';
  throw new CliptideError('config', `${key} lies in /proc, where no folder can be made`, { where: path, hint });
}

function secretFrom(path: string, key: string): Secret {
  try {
    return new Secret(webhookSecret.parse(readFileSync(path, 'utf8').trim()));
  } catch {
    const hint = 'the file must be readable and hold whsec_ followed by 24 to 64 bytes in Base64';
    throw new CliptideError('config', `${key} holds no usable secret`, { where: path, hint });
  }
}
