import { type ConductWorld, credits, detected, openedFile } from './conductworld.ts';

/** The states that the journal gives each highlight: for each revision the first entry counts. */
export function lives(world: ConductWorld): Map<string, string[]> {
  const lives = new Map<string, string[]>();
  for (const output of world.topic('highlights.journal')) {
    if (output.topic !== 'highlights.journal') continue;
    const { highlightId, fromRevision, toState } = output.record;
    const life = lives.get(highlightId) ?? [];
    if (fromRevision === life.length) life.push(toState);
    lives.set(highlightId, life);
  }
  return lives;
}

/** The life of a highlight that nobody disturbs. */
export const whole = ['detected', 'refining', 'refined', 'approved', 'rendering', 'rendered'];
/** Three highlights, an archive that holds them, and workers. */
export const evening = () => [
  openedFile(900),
  ...credits(2, 1),
  ...['a', 'b', 'c'].map((id, n) => detected(id, 100 + 100 * n)),
];
