/*
 * Laughter as syllables: one or more of  a* (ha | he | ja | ka | hue)+ h? a*  , ignoring case. As a regular expression
 * this backtracks exponentially (20 times "ha" and "!": seconds), so the automaton's states are followed as bits.
 */
const GROUP = 1; // Before a syllable, or within the a's in front of it.
const H = 2; // Within a syllable, after its h.
const HU = 4; // After its hu.
const JK = 8; // After its j or k.
const SYLLABLE = 16; // After a whole syllable.
const TAIL_H = 32; // After the h that may follow syllables.
const TAIL_A = 64; // Within the a's at a group's end.
const ACCEPT = SYLLABLE | TAIL_H | TAIL_A;
const BEGINS = GROUP | ACCEPT; // States in which a syllable may begin.

function step(states: number, letter: number): number {
  switch (letter) {
    case 97: // a
      return (states & (H | JK) ? SYLLABLE : 0) | (states & ACCEPT ? TAIL_A | GROUP : 0) | (states & GROUP);
    case 101: // e
      return states & (H | HU) ? SYLLABLE : 0;
    case 104: // h
      return (states & BEGINS ? H : 0) | (states & SYLLABLE ? TAIL_H : 0);
    case 117: // u
      return states & H ? HU : 0;
    case 106: // j
    case 107: // k
      return states & BEGINS ? JK : 0;
    default:
      return 0;
  }
}

/** Whether a whole token, in lower case, is laughter spelt out. Takes time in proportion to its length. */
export function isLaughter(lower: string): boolean {
  let states = GROUP;
  for (let i = 0; i < lower.length && states !== 0; i += 1) states = step(states, lower.charCodeAt(i));
  return (states & ACCEPT) !== 0;
}
