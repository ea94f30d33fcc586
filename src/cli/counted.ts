/** A number of things for people: `1 moment`, `2 moments`. */
export const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;
