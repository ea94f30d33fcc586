import { CliptideError } from '../../domain/errors.ts';
import type { ChannelSettings, Moment } from '../../domain/records.gen.ts';
import type { State } from './life.ts';

/** A highlight as the journal has made it. */
export interface Highlight {
  revision: number;
  state: State;
  moment: Moment;
  presets: readonly string[];
  /** Outcomes of its render tasks by preset: the clip's id, or the error. */
  outcomes: Record<string, { readonly clipId: string } | { readonly error: string }>;
  /** Why it failed, in the journal's words; empty where it has not. */
  failure: string;
  /** How often it was approved again after a failure. */
  retries: number;
  /** How often it was approved again after a budget or the disk had had no room for it. */
  refusals: number;
  /** The revision that an entry was appended for but not read back yet; never more than one ahead. */
  wanted: number;
}

export interface StreamState {
  readonly kind: 'stream';
  readonly streamId: string;
  channelId: string;
  /** Event time up to which media is archived; null while no archive is known. */
  archivedUntilMs: number | null;
  archive: { readonly clock: string; readonly zeroAtMs: number; readonly offsetMs: number } | null;
  archiveEnded: boolean;
  /** The moments that the final ranking chose, by highlight id; null until it is known or where work does not wait for it. */
  ranking: Record<string, Moment> | null;
  readonly highlights: Record<string, Highlight>;
}

/** A highlight by its id; ids come from people too, and an object answers to names that nobody gave it. */
export function highlightOf(stream: StreamState, id: string): Highlight | undefined {
  return Object.hasOwn(stream.highlights, id) ? stream.highlights[id] : undefined;
}

export type Role = 'refine' | 'render';

/** The credits of the workers of this partition and the tasks that were handed out against them. */
export interface WorkersState {
  readonly kind: 'workers';
  readonly capacity: Record<string, Record<Role, number>>;
  readonly outstanding: Record<string, { readonly role: Role; readonly nodeId: string }>;
}

export interface ChannelState {
  readonly kind: 'channel';
  settings: ChannelSettings | null;
}

export type ConductState = StreamState | WorkersState | ChannelState;

export const stateVersion = 2;
export const workersKey = '~workers';
export const channelKey = (channelId: string): string => `channel:${channelId}`;
export const streamKey = (streamId: string): string => `stream:${streamId}`;

export function createState(key: string): ConductState {
  if (key === workersKey) return { kind: 'workers', capacity: {}, outstanding: {} };
  if (key.startsWith('channel:')) return { kind: 'channel', settings: null };
  return {
    kind: 'stream',
    streamId: key.slice('stream:'.length),
    channelId: '',
    archivedUntilMs: null,
    archive: null,
    archiveEnded: false,
    ranking: null,
    highlights: {},
  };
}

export const encodeState = (state: ConductState): Uint8Array => Buffer.from(JSON.stringify(state));

export function decodeState(bytes: Uint8Array, version: number): ConductState {
  if (version !== stateVersion && version !== 1) {
    throw new CliptideError('corrupt', `conduct's state has version ${version}; this code reads 1 to ${stateVersion}`);
  }
  const state = JSON.parse(Buffer.from(bytes).toString('utf8')) as ConductState;
  if (version === 1 && state.kind === 'stream') for (const one of Object.values(state.highlights)) upgrade(one);
  return state;
}

/** Version 1 knew of a failure by its outcomes only. */
function upgrade(highlight: Highlight): void {
  const errors = Object.values(highlight.outcomes).flatMap((outcome) => ('error' in outcome ? [outcome.error] : []));
  highlight.failure = highlight.state === 'failed' ? [...new Set(errors)].join('; ') : '';
  highlight.refusals = 0;
}
