import type { ChannelSettings } from '../../domain/records.gen.ts';
import type { Highlight, StreamState } from './state.ts';

/** Refinement moves a boundary by at most this much, and asks for no media beyond it. */
export const maxShiftMs = 30_000;

/** What holds for a channel that has no settings. */
export interface Policy {
  readonly hold: 'online' | 'ranking';
  readonly top: number;
  readonly presets: readonly string[];
}

export function policyOf(settings: ChannelSettings | null | undefined, defaultPresets: readonly string[]): Policy {
  if (settings === null || settings === undefined) return { hold: 'online', top: 0, presets: defaultPresets };
  return {
    hold: settings.hold === 'ranking' ? 'ranking' : 'online',
    top: settings.top,
    presets: settings.presets.length > 0 ? settings.presets : defaultPresets,
  };
}

/** Whether work on a detected highlight may begin: at once, or when the ranking has put it among the best. */
export function isChosen(highlight: Highlight, policy: Policy): boolean {
  if (policy.hold === 'online') return true;
  return highlight.moment.rank !== null && highlight.moment.rank <= policy.top;
}

/** Whether the archive holds all that a span needs, or will never hold more. */
export function isArchived(stream: StreamState, untilMs: number): boolean {
  if (stream.archive === null) return false;
  return stream.archiveEnded || (stream.archivedUntilMs !== null && stream.archivedUntilMs >= untilMs);
}
