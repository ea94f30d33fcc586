/**
 * How many events a second one core scores, against merely decoding the same events (Avro): `node test/bench/scorer.ts`.
 * CPU time of this process, so that what else the machine does matters little. One warm-up, then the best of three.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import avro from 'avsc';
import type { LiveEvent } from '../../src/domain/records.gen.ts';
import { isScored, scoredEvent } from '../../src/domain/scoring/event.ts';
import { defaultModel, weightsOf } from '../../src/domain/scoring/model.ts';
import { Scorer } from '../../src/domain/scoring/scorer.ts';
import { chatOf, ended, liveEvent, started, zeroAtMs } from '../support/chatstream.ts';
import { give, scoreDriver } from '../support/scorestage.ts';

/** Events per second of CPU time, by what is done with them. */
export interface ScorerFigures {
  readonly events: number;
  readonly decode: number;
  /** Scoring alone: events in order, one broadcast. */
  readonly scorer: number;
  /** The whole stage: jump guard, reordering, duplicates, scoring, output records. */
  readonly stage: number;
}

function bestOf(tries: number, events: number, work: () => void): number {
  let best = 0;
  for (let i = 0; i <= tries; i += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    if (i > 0) best = Math.max(best, (events * 1e6) / (user + system));
  }
  return Math.round(best);
}

function scoreAlone(events: readonly LiveEvent[]): void {
  const scorer = new Scorer(weightsOf(defaultModel), 0);
  for (const event of events) {
    const second = Math.floor((event.atMs - zeroAtMs) / 1000);
    while (scorer.second < second) scorer.close(7.5);
    if (isScored(event.kind)) scorer.add(scoredEvent(event, event.kind));
  }
  scorer.finish();
}

function throughStage(events: readonly LiveEvent[]): void {
  const driver = scoreDriver();
  give(driver, liveEvent('start', 0, started));
  for (const event of events) give(driver, event);
  give(driver, liveEvent('end', 7200, ended()));
}

/** Figures for made chat of two hours at 35 messages a second, as 1,000,000 messages in 8 hours are. */
export function measureScorer(): ScorerFigures {
  const events = chatOf({ seconds: 7200, perSecond: 35, moments: [600, 1800, 3000, 5000] });
  const schema = readFileSync(join(import.meta.dirname, '../../schemas/live.analytics.avsc'), 'utf8');
  const type = avro.Type.forSchema(JSON.parse(schema));
  const encoded = events.map((event) => type.toBuffer(event));
  const decodeAll = (): void => {
    for (const bytes of encoded) type.fromBuffer(bytes);
  };
  return {
    events: events.length,
    decode: bestOf(3, events.length, decodeAll),
    scorer: bestOf(3, events.length, () => scoreAlone(events)),
    stage: bestOf(3, events.length, () => throughStage(events)),
  };
}

if (import.meta.main) process.stdout.write(`${JSON.stringify(measureScorer())}\n`);
