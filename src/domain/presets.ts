import type { Preset } from './editplan.ts';
import { CliptideError } from './errors.ts';
import { stableId } from './ids.ts';

/** The presets by name. */
export const presets: Readonly<Record<string, Preset>> = {
  source: { name: 'source', method: 'encode' },
  copy: { name: 'copy', method: 'copy' },
};

export const defaultPreset = 'source';

/** Hash of what a preset says, without its name: a preset that means the same makes the same clip. */
export function presetHash(preset: Preset): string {
  const { name: _, ...meaning } = preset;
  return stableId('preset', JSON.stringify(Object.entries(meaning).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 16);
}

/** Throws `usage`, naming the presets that there are, for an unknown name. */
export function presetNamed(name: string): Preset {
  const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
  if (preset !== undefined) return preset;
  const known = Object.keys(presets).join(', ');
  throw new CliptideError('usage', `there is no preset named ${JSON.stringify(name)}`, {
    hint: `use one of: ${known}`,
  });
}
