import { printable } from '../printable.ts';

/** Finished SVG; everything that becomes it goes through `element` or `styles`. */
export interface Markup {
  readonly svg: string;
}

type Attributes = Readonly<Record<string, string | number>>;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as XML has it: markup escaped, and what XML 1.0 has no way to write replaced. */
export function escaped(text: string): string {
  return printable(text)
    .toWellFormed()
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** A number of pixels, short. */
const short = (value: string | number): string =>
  typeof value === 'number' ? String(Math.round(value * 100) / 100 + 0) : escaped(value);

/** An element with its attributes and what it holds: elements or text. */
export function element(name: string, attributes: Attributes, ...inside: readonly (Markup | string)[]): Markup {
  const given = Object.entries(attributes).map(([key, value]) => ` ${key}="${short(value)}"`);
  const held = inside.map((one) => (typeof one === 'string' ? escaped(one) : one.svg)).join('');
  return { svg: held === '' ? `<${name}${given.join('')}/>` : `<${name}${given.join('')}>${held}</${name}>` };
}

/** A style sheet of the program's own. */
export const styles = (css: string): Markup => ({ svg: `<style>${css}</style>` });

/** A path through points; where there is none it begins anew. A point that stands alone is a dot, with round line caps. */
export function pathThrough(points: readonly (readonly [x: number, y: number] | null)[]): string {
  return points
    .map((point, index) => {
      if (point === null) return '';
      const begins = (points[index - 1] ?? null) === null;
      const isAlone = begins && (points[index + 1] ?? null) === null;
      return `${begins ? 'M' : 'L'}${short(point[0])} ${short(point[1])}${isAlone ? 'h0' : ''}`;
    })
    .join('');
}
