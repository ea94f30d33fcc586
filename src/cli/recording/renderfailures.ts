import type { CliptideError } from '../../domain/errors.ts';
import type { OnRenderFailed } from '../../stages/render/dependencies.ts';

/** The errors of renders by highlight: what is on the records has no room for what to do about them. */
export class RenderFailures {
  private readonly known = new Map<string, CliptideError[]>();

  readonly take: OnRenderFailed = ({ highlightId }, error) => {
    const others = this.of(highlightId);
    // Presets mostly fail for one reason.
    if (others.some(({ message }) => message === error.message)) return;
    this.known.set(highlightId, [...others, error]);
  };

  of(highlightId: string): readonly CliptideError[] {
    return this.known.get(highlightId) ?? [];
  }
}
