import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultModel } from '../../../src/domain/scoring/model.ts';
import { chatRows, tsvLine } from '../../support/chatrows.ts';
import { CliProcess, cliptide, endProcesses } from '../../support/cliprocess.ts';
import { hourly, wished, withBroadcasts } from '../../support/endedbroadcasts.ts';
import { explanationIn } from '../../support/explanations.ts';
import { rowsOf } from '../../support/ndjsonrows.ts';
import { shellBlocks } from '../../support/shellblocks.ts';

const work = mkdtempSync(join(tmpdir(), 'cliptide-explain-'));
const made = join(work, 'made');
/** A highlight of the data folder, as `sql` lists it. */
let known = { highlight_id: '', score: 0, threshold: 0 };

beforeAll(async () => {
  await withBroadcasts(made, [{ settings: wished('channel', 0, 40), events: hourly('one', 0, 'channel') }]);
  const sql = 'SELECT highlight_id, score, threshold FROM moments ORDER BY score DESC LIMIT 1';
  const [row] = rowsOf((await cliptide(['sql', sql, '--data', made, '--json'], { cwd: work })).out);
  known = { ...known, ...row };
});
afterEach(endProcesses);
afterAll(() => rmSync(work, { recursive: true, force: true }));

const explain = (...args: string[]) => cliptide(['explain', ...args], { cwd: work });

describe('cliptide explain HIGHLIGHT', () => {
  let copies = 0;
  const copy = (): string => {
    const data = join(work, `copy-${copies++}`);
    cpSync(made, data, { recursive: true });
    return data;
  };
  const one = async (data: string) => {
    const { code, out, err } = await explain(known.highlight_id.slice(0, 8), '--data', data, '--json');
    expect(code, err).toBe(0);
    return explanationIn(out);
  };

  it('scores its broadcast again, from its file or from the log, and finds what was recorded', async () => {
    const data = copy();
    const filed = await one(data);
    const { highlight_id: highlightId, score, threshold } = known;
    expect(filed).toMatchObject({ from: 'file', why: null, explained: { score, threshold, chosen: 'highlight' } });
    expect(filed).toMatchObject({ record: { highlightId, score }, outcome: { highlightId, emitted: true } });
    expect(filed.counterfactuals.wish.perHour).toBe(40);
    expect(filed.messages.messages.length).toBeGreaterThan(10);
    rmSync(join(data, 'clips'), { recursive: true });
    expect(await one(data)).toEqual({ ...filed, from: 'topic' });
  });

  it('says what the record says where the events are gone, with the same contributions', async () => {
    const data = copy();
    const filed = await one(data);
    rmSync(join(data, 'clips'), { recursive: true });
    rmSync(join(data, 'log.db'));
    const kept = await one(data);
    const { score, threshold } = known;
    expect(kept).toMatchObject({ from: 'record', explained: { score, threshold }, outcome: null, messages: null });
    expect(kept.why).toMatch(/no log/);
    const shares = ({ features }: typeof kept) => features.map(({ name, contribution }) => ({ name, contribution }));
    expect(shares(kept)).toEqual(shares(filed));
    const { code, out } = await explain(known.highlight_id, '--data', data);
    expect(code).toBe(0);
    expect(out).toMatch(/from its record alone: there is no log/);
    expect(existsSync(join(data, 'log.db'))).toBe(false);
  });

  it('works beside the process that owns the folder: from the file, else from the record with the reason', async () => {
    const data = copy();
    await using run = new CliProcess(['run', '--data', data], { cwd: work });
    await run.prints(/running;/);
    expect(await one(data)).toMatchObject({ from: 'file', why: null });
    rmSync(join(data, 'clips', 'events'), { recursive: true });
    const kept = await one(data);
    expect(kept).toMatchObject({ from: 'record', explained: { score: known.score } });
    expect(kept.why).toMatch(/another process works on the log/);
  });

  it('names what there is for an id that there is not, and refuses another model than the one that found it', async () => {
    writeFileSync(join(work, 'other.json'), JSON.stringify({ ...defaultModel, version: 'other-1' }));
    const ends = await Promise.all([
      explain('0123456789', '--data', copy()),
      explain('abc', '--data', copy()),
      explain(known.highlight_id, '--data', copy(), '--scorer', 'other.json'),
      explain(known.highlight_id, '--data', 'nowhere'),
    ]);
    expect(ends.map(({ code, out }) => ({ code, out }))).toEqual(ends.map(() => ({ code: 2, out: '' })));
    expect(ends[0]?.err).toMatch(/there is no highlight 0123456789, and no clip\n.*to do: .*moments/);
    expect(ends[2]?.err).toMatch(/found by \S+, not by other-1/);
  });
});

describe('docs/explain.md', () => {
  const page = readFileSync(new URL('../../../docs/explain.md', import.meta.url), 'utf8');
  const lines = shellBlocks(page).flatMap(({ commands }) => commands);
  beforeAll(() => writeFileSync(join(work, 'chat.json'), `${chatRows(300).map(tsvLine).join('\n')}\n`));

  it.each(lines)('works as it is written: %s', async (line) => {
    const [npx, name, ...args] = line.replace('3f2a91c0', known.highlight_id.slice(0, 8)).split(' ');
    expect([npx, name]).toEqual(['npx', 'cliptide']);
    const { code, err } = await cliptide(args, { cwd: work, env: { CLIPTIDE_DATA_DIR: made } });
    expect(code, err).toBe(0);
  });

  it('names every field of the object', async () => {
    const { out } = await explain('--chat', 'chat.json', '--at', '205', '--json');
    for (const field of Object.keys(explanationIn(out))) expect(page).toContain(`\`${field}\``);
  });
});
