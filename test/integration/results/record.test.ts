import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toAppend } from '../../../src/runtime/records.ts';
import { startSink } from '../../../src/runtime/sink.ts';
import type { SinkInput } from '../../../src/runtime/stage.ts';
import { recordStage } from '../../../src/stages/record/stage.ts';
import { type ChdbResults, chdbResults } from '../../support/chdbresults.ts';
import {
  attempt,
  clip,
  deadLetter,
  detected,
  entry,
  input,
  moment,
  ranking,
  second,
  zero,
} from '../../support/recordinputs.ts';
import { withLog } from '../../support/scoredlog.ts';

const story: readonly SinkInput[] = [
  input(
    'runs',
    {
      run: 'live',
      kind: 'started',
      nodeId: 'n1',
      version: '0.1.0',
      model: 'v1',
      atMs: zero,
      streamId: '',
      selection: '',
    },
    0,
  ),
  ...[38, 39, 40, 41].map((at) => input('streams.seconds', second(at), at)),
  input('streams.seconds', second(40, { run: 'again', score: 9 }), 50),
  input('highlights.detected', detected('h1', 40), 0),
  input('highlights.detected', detected('h2', 200), 1),
  input('highlights.detected', detected('h9', 40, { run: 'again' }), 2),
  input('highlights.journal', entry('h1', 0, { toState: 'detected' }), 0),
  input('highlights.journal', entry('h1', 1, { toState: 'refined', highlight: moment(41, 'A goal') }), 1),
  // Two conductors wanted revision 2 and 3: what came later in the log is void.
  input('highlights.journal', entry('h1', 1, { toState: 'failed', highlight: moment(99, 'void') }), 2),
  input('highlights.journal', entry('h1', 2, { toState: 'rendered' }), 3),
  input('highlights.journal', entry('h2', 0, { toState: 'failed', reason: 'no media' }), 4),
  input('clips.rendered', clip('k1', 'h1', { outcome: 'failed', error: 'timeout: slow', bytes: 0 }), 0),
  input('clips.rendered', clip('k1', 'h1'), 1),
  input('clips.rendered', clip('k2', 'h1', { preset: 'copy' }), 2),
  input('clips.rendered', clip('k3', 'h2', { outcome: 'failed', error: 'tool: ffmpeg' }), 3),
  input('attempts', attempt('refine-h1', 1, { role: 'refine', cpuSeconds: 4, bytesFetched: 600 }), 0),
  input('attempts', attempt('render-k1', 1, { outcome: 'retried', error: 'timeout: slow' }), 1),
  input('attempts', attempt('render-k1', 2), 2),
  input('attempts', attempt('render-k2', 1), 3),
  input('score.dead', deadLetter(7), 0),
  input('highlights.ranked', ranking(), 0),
];

let store: ChdbResults;
let ask: (sql: string) => Promise<readonly Record<string, unknown>[]>;
const snapshot = async (): Promise<unknown> => {
  const tables = ['seconds', 'highlights', 'detections', 'transitions', 'clips', 'attempts', 'dead_letters', 'runs'];
  const all = [...tables, 'streams', 'rankings'].map((name) => ask(`SELECT * FROM cliptide.${name} ORDER BY ALL`));
  return Promise.all(all);
};

beforeAll(async () => {
  store = await chdbResults();
  ask = (sql) => store.results.query(sql);
  await recordStage(store).handle(story);
});
afterAll(() => store.close());

describe('what the record stage keeps', () => {
  it('is the same after the whole log was replayed, in one batch or record by record, and after a merge', async () => {
    const before = await snapshot();
    const stage = recordStage(store);
    await stage.handle(story);
    for (const one of story) await stage.handle([one]);
    expect(await snapshot()).toEqual(before);
    const writer = store.engine.connect();
    for (const table of ['highlights', 'transitions', 'clips']) {
      await writer.command({ query: `OPTIMIZE TABLE cliptide.${table} FINAL` });
    }
    expect(await snapshot()).toEqual(before);
  });

  it('shows each moment as the conductor last decided it, not as a void transition wanted it', async () => {
    const moments = await ask(
      'SELECT highlight_id, state, revision, title, threshold FROM cliptide.moments ORDER BY 1',
    );
    expect(moments).toEqual([
      { highlight_id: 'h1', state: 'rendered', revision: 3, title: 'A goal', threshold: 2.5 },
      { highlight_id: 'h2', state: 'failed', revision: 1, title: '', threshold: 2.5 },
    ]);
  });

  it('says since when a moment is in its state, by the clock on the wall, and how long it was in each before', async () => {
    expect(await ask('SELECT highlight_id, decided_at FROM cliptide.moments ORDER BY 1')).toEqual([
      { highlight_id: 'h1', decided_at: '2024-05-02 12:03:00.000' },
      { highlight_id: 'h2', decided_at: '2024-05-02 12:04:00.000' },
    ]);
    const times = await ask(
      "SELECT state, revision, entered_at, seconds FROM cliptide.state_times WHERE highlight_id = 'h1' ORDER BY revision",
    );
    expect(times).toEqual([
      { state: 'detected', revision: 1, entered_at: '2024-05-02 12:00:00.000', seconds: 60 },
      { state: 'refined', revision: 2, entered_at: '2024-05-02 12:01:00.000', seconds: 120 },
      { state: 'rendered', revision: 3, entered_at: '2024-05-02 12:03:00.000', seconds: null },
    ]);
  });

  it('keeps the time at which an entry came into the log, however often the log is read', async () => {
    await withLog(undefined, 1, async (deps) => {
      const wanted = entry('timed', 0, { run: 'timed', toState: 'detected' });
      const again = { ...wanted, cause: 'a second conductor' };
      const append = (record: typeof wanted) =>
        deps.log.append([toAppend(deps.codec, { topic: 'highlights.journal', key: 'c1', record })]);
      await append(wanted);
      await deps.clock.sleep(20);
      await append(again);
      const [first] = await deps.log.read('highlights.journal', 0, 0, 9);
      const rows = 'SELECT cause, decided_at FROM cliptide.transitions WHERE run = {run:String}';
      for (const run of ['once', 'twice']) {
        const sink = startSink(recordStage(store), { ...deps, run });
        const isRead = (): boolean =>
          deps.metrics.value('cliptide_stage_records_total', { stage: 'record' }) >= (run === 'once' ? 2 : 4);
        while (!isRead()) await Promise.race([sink.done, deps.clock.sleep(20)]);
        await sink.stop();
        const at = new Date(first?.appendedAtMs ?? 0).toISOString().replace('T', ' ').replace('Z', '');
        expect(await store.results.query(rows, { run: 'timed' }), run).toEqual([{ cause: 'policy', decided_at: at }]);
      }
    });
  });

  it('shows live runs unless asked, and other runs by name', async () => {
    expect(await ask('SELECT at, score FROM cliptide.curve WHERE score > 8')).toEqual([]);
    const again = await ask("SELECT score, highlight_ids FROM cliptide.curve_all WHERE run = 'again'");
    expect(again).toEqual([{ score: 9, highlight_ids: ['h9'] }]);
  });

  it('shows the curve with the highlight in its second', async () => {
    const curve = await ask(
      "SELECT toSecond(at) AS s, highlight_ids FROM cliptide.curve WHERE stream_id = 's1' ORDER BY 1",
    );
    expect(curve).toEqual([
      { s: 38, highlight_ids: [] },
      { s: 39, highlight_ids: [] },
      { s: 40, highlight_ids: [] },
      { s: 41, highlight_ids: ['h1'] },
    ]);
  });

  it('counts clips a channel and day, a clip that succeeded at the second try as one', async () => {
    expect(await ask('SELECT * FROM cliptide.clips_per_day')).toEqual([
      {
        channel_id: 'c1',
        day: '2024-05-01',
        clips: '2',
        failed: '1',
        moments: '1',
        clip_seconds: 40,
        clip_bytes: '2000000',
      },
    ]);
  });

  it('says in which file each clip of a live run is, and lists none that failed', async () => {
    expect(await ask('SELECT highlight_id, preset, file FROM cliptide.clip_files ORDER BY preset')).toEqual([
      { highlight_id: 'h1', preset: 'copy', file: 'clips/k2.mp4' },
      { highlight_id: 'h1', preset: 'source', file: 'clips/k1.mp4' },
    ]);
  });

  it('says where in its bucket a clip is', async () => {
    const clipAddress = (key: string) => `s3://bucket/cliptide/${key}`;
    const rendered = input('clips.rendered', clip('k5', 'h5', { run: 'bucket' }), 9);
    await recordStage({ ...store, clipAddress }).handle([rendered]);
    const found = await ask("SELECT file FROM cliptide.clip_files_all WHERE run = 'bucket'");
    expect(found).toEqual([{ file: 's3://bucket/cliptide/k5.mp4' }]);
  });

  it('says how long after the moment it was detected and its clip on disk', async () => {
    const detection = await ask('SELECT highlights, median_seconds, worst_seconds FROM cliptide.detection_latency');
    expect(detection).toEqual([{ highlights: '2', median_seconds: 3, worst_seconds: 3 }]);
    const onDisk = await ask('SELECT preset, clips, p95_seconds FROM cliptide.clip_latency ORDER BY preset');
    expect(onDisk).toEqual([
      { preset: 'copy', clips: '1', p95_seconds: 12 },
      { preset: 'source', clips: '1', p95_seconds: 12 },
    ]);
  });

  it("charges a clip for its own tries and its share of its highlight's refinement, so that nothing is lost", async () => {
    const cost = await ask(
      'SELECT clip_id, attempts, cpu_seconds, bytes_fetched, cost FROM cliptide.clip_cost ORDER BY 1',
    );
    expect(cost).toEqual([
      { clip_id: 'k1', attempts: 2.5, cpu_seconds: 6, bytes_fetched: 500, cost: 1.25 },
      { clip_id: 'k2', attempts: 1.5, cpu_seconds: 4, bytes_fetched: 400, cost: 0.75 },
    ]);
    const parts = await ask(
      'SELECT clip_id, render_cpu_seconds AS r, refine_cpu_seconds AS f, render_bytes_fetched AS rb, refine_bytes_fetched AS fb FROM cliptide.clip_cost ORDER BY 1',
    );
    expect(parts).toEqual([
      { clip_id: 'k1', r: 4, f: 2, rb: '200', fb: 300 },
      { clip_id: 'k2', r: 2, f: 2, rb: '100', fb: 300 },
    ]);
  });

  it('says what failed and why, without the record itself, which may be chat', async () => {
    const failures = await ask('SELECT what, outcome, subject, reason FROM cliptide.failures ORDER BY what, subject');
    expect(failures).toEqual([
      { what: 'attempt', outcome: 'retried', subject: 'render-k1-1', reason: 'timeout: slow' },
      { what: 'clip', outcome: 'failed', subject: 'k3', reason: 'tool: ffmpeg' },
      { what: 'highlight', outcome: 'failed', subject: 'h2', reason: 'no media' },
      { what: 'record', outcome: 'dead-lettered', subject: 'live.analytics/1/7', reason: 'schema: no Avro' },
    ]);
    expect(JSON.stringify(await snapshot())).not.toContain('secret chat');
  });

  it("keeps a stream's fates and ranking", async () => {
    expect(
      await ask('SELECT read, processed + late + duplicate + dead_lettered + ignored AS sum FROM cliptide.streams'),
    ).toEqual([{ read: '10', sum: '10' }]);
    expect(await ask('SELECT rank, highlight_id, emitted FROM cliptide.rankings')).toEqual([
      { rank: 1, highlight_id: 'h1', emitted: true },
    ]);
  });
});
