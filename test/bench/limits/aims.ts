/** What was aimed at on a development set. */
export interface Aim {
  readonly figures: Readonly<Partial<Record<'P@5' | 'P@10' | 'R@20', number>>>;
  readonly online: { readonly perHour: number; readonly precision?: number; readonly recall?: number };
}

const aims: Readonly<Record<string, Aim>> = {
  'lightor-dota2': {
    figures: { 'P@5': 0.7, 'P@10': 0.58 },
    online: { perHour: 6.5, precision: 0.68, recall: 0.3 },
  },
  'lightor-lol': {
    figures: { 'P@5': 0.88, 'P@10': 0.7 },
    online: { perHour: 8, precision: 0.86, recall: 0.32 },
  },
  'twitch-cliplinks': { figures: { 'R@20': 0.62 }, online: { perHour: 7.5 } },
};

/** The aims of a set; of another set only a rate at which it is looked at. */
export const aimOf = (set: string): Aim => aims[set] ?? { figures: {}, online: { perHour: 7.5 } };
