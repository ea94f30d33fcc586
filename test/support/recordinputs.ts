import type {
  Attempt,
  DeadLetter,
  DetectedHighlight,
  JournalEntry,
  Moment,
  RenderedClip,
  StreamRanking,
  StreamSecond,
} from '../../src/domain/records.gen.ts';
import type { Input, SinkInput } from '../../src/runtime/stage.ts';

/** Broadcast time of the made stream's zero. */
export const zero = Date.UTC(2024, 4, 1, 12);
const stream = { run: 'live', streamId: 's1', channelId: 'c1' };

type TopicOf<T extends Input['topic']> = Extract<SinkInput, { readonly topic: T }>;

const appendedAt = (offset: number): number => zero + 86_400_000 + offset * 60_000;

/** A record as the record stage gets it; it was appended `offset` minutes after noon of the next day. */
export function input<T extends Input['topic']>(topic: T, record: TopicOf<T>['record'], offset = 0): TopicOf<T> {
  return { topic, partition: 0, offset, key: 'c1', record, appendedAtMs: appendedAt(offset) } as TopicOf<T>;
}

export const second = (at: number, over: Partial<StreamSecond> = {}): StreamSecond => ({
  ...stream,
  atMs: zero + at * 1000,
  messages: at,
  score: at / 10,
  threshold: 2.5,
  viewers: 1000,
  ...over,
});

export const detected = (id: string, peak: number, over: Partial<DetectedHighlight> = {}): DetectedHighlight => ({
  ...stream,
  highlightId: id,
  startMs: zero + (peak - 10) * 1000,
  peakMs: zero + peak * 1000,
  endMs: zero + (peak + 5) * 1000,
  score: 4,
  threshold: 2.5,
  emittedAtMs: zero + (peak + 3) * 1000,
  contributions: { rate: 3, words: 1 },
  model: 'v1',
  terms: [{ text: 'wow', count: 7 }],
  ...over,
});

export const moment = (peak: number, title: string): Moment => ({
  startMs: zero + (peak - 9) * 1000,
  peakMs: zero + peak * 1000,
  endMs: zero + (peak + 6) * 1000,
  score: 4,
  rank: 1,
  title,
  tags: ['goal'],
  contributions: { rate: 3, words: 1 },
  model: 'v1',
  terms: [{ text: 'wow', count: 7 }],
  detectedAtMs: zero + (peak + 3) * 1000,
});

export const entry = (id: string, fromRevision: number, over: Partial<JournalEntry> = {}): JournalEntry => ({
  ...stream,
  highlightId: id,
  fromRevision,
  toState: 'refining',
  cause: 'policy',
  actor: 'conduct',
  reason: '',
  highlight: null,
  presets: [],
  clips: [],
  ...over,
});

export const clip = (id: string, highlightId: string, over: Partial<RenderedClip> = {}): RenderedClip => ({
  ...stream,
  taskId: `render-${id}`,
  clipId: id,
  highlightId,
  revision: 2,
  outcome: 'done',
  error: '',
  preset: 'source',
  startMs: zero + 30_000,
  peakMs: zero + 40_000,
  endMs: zero + 50_000,
  headMs: 0,
  title: 'A goal',
  rank: null,
  video: `${id}.mp4`,
  poster: `${id}.jpg`,
  durationMs: 20_000,
  bytes: 1_000_000,
  sha256: 'ab',
  bytesFetched: 400,
  bytesNeeded: 400,
  cpuSeconds: 3,
  wallMs: 1500,
  onDiskAtMs: zero + 52_000,
  ...over,
});

export const attempt = (taskId: string, number: number, over: Partial<Attempt> = {}): Attempt => ({
  ...stream,
  attemptId: `${taskId}-${number}`,
  taskId,
  highlightId: 'h1',
  role: 'render',
  nodeId: 'n1',
  number,
  outcome: 'done',
  error: '',
  startedAtMs: zero,
  wallMs: 1000,
  cpuSeconds: 2,
  bytesFetched: 100,
  costMicros: 500_000,
  ...over,
});

export const deadLetter = (offset: number, over: Partial<DeadLetter> = {}): DeadLetter => ({
  stage: 'score',
  topic: 'live.analytics',
  partition: 1,
  offset,
  key: 'c1',
  headers: { source: 'chat' },
  code: 'schema',
  reason: 'no Avro',
  value: Buffer.from('secret chat'),
  valueBytes: 11,
  streamId: '',
  atMs: zero,
  ...over,
});

export const ranking = (over: Partial<StreamRanking> = {}): StreamRanking => ({
  ...stream,
  model: 'v1',
  zeroAtMs: zero,
  firstMs: zero + 1000,
  lastMs: zero + 900_000,
  candidates: [
    {
      rank: 1,
      highlightId: 'h1',
      emitted: true,
      startMs: zero + 30_000,
      peakMs: zero + 40_000,
      endMs: zero + 45_000,
      score: 4,
      contributions: { rate: 3 },
      terms: [],
    },
  ],
  fates: { read: 10, processed: 6, late: 1, duplicate: 1, deadLettered: 1, ignored: 1 },
  ...over,
});
