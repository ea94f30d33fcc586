import { CliptideError } from '../../domain/errors.ts';
import type { ModelChoice } from '../../domain/scoring/modelchoice.ts';
import type { CommandContext } from '../context.ts';
import { counted } from '../counted.ts';
import { scoreFile } from '../recording/scorefile.ts';
import { type Explained, explained } from './explained.ts';
import { Trace } from './trace.ts';

export interface ChatQuestion {
  readonly path: string;
  /** Second of the chat's clock. */
  readonly sec: number;
  readonly category: string;
  readonly startedAtMs: number | undefined;
  readonly models: ModelChoice;
}

/**
 * Scores a chat file to its end and explains a second of it. Rejects with `usage` for a second that lies outside of the
 * chat, with `input` where there is nothing to score.
 */
export async function explainChat(question: ChatQuestion, context: CommandContext): Promise<Explained> {
  const { path, sec, category, startedAtMs, models } = question;
  const { config, log: logger, signal, terminal } = context;
  let trace = new Trace(0);
  const file = await scoreFile({
    ...{ path, category, startedAtMs, config, logger, signal, models },
    onRead: (records) => terminal.progress([`${path}: ${counted(records, 'record')}`]),
    onHighlight: async () => undefined,
    watch: (zeroAtMs) => {
      trace = new Trace(zeroAtMs + sec * 1_000);
      return trace;
    },
  });
  terminal.end();
  for (const block of file.unused) terminal.line(block);
  const { ranking, zeroAtMs: clockZeroMs } = file;
  const scored = trace.broadcast;
  if (scored === null) throw new CliptideError('input', 'not a single second was scored', { where: path });
  const found = explained(
    {
      ...{ streamId: ranking.streamId, clockZeroMs, scored, trace, candidates: ranking.candidates },
      wishAt: () => config.scoring.highlightsPerHour,
    },
    clockZeroMs + sec * 1_000,
  );
  if (found !== null) return found;
  const secOf = (second: number | undefined): number => (scored.zeroMs + (second ?? 0) * 1_000 - clockZeroMs) / 1_000;
  const [first, last] = [secOf(scored.seconds[0]?.second), secOf(scored.seconds.at(-1)?.second)];
  const isInside = sec >= first && sec <= last;
  const what = isInside ? 'lies in a long silence, which is not scored' : 'lies outside of the chat';
  throw new CliptideError('usage', `second ${sec} ${what}`, {
    where: `--at ${sec}`,
    hint: `the chat of ${path} goes from second ${first} to ${last}`,
  });
}
