import type { Command } from 'commander';
import { CliptideError } from '../domain/errors.ts';
import type { Model } from '../domain/scoring/model.ts';
import { alwaysBy } from '../domain/scoring/modelchoice.ts';
import { readScorer } from './backfill/scorerfile.ts';
import { type CommandContext, contextOf } from './context.ts';
import { explainChat } from './explain/chat.ts';
import { explainHighlight } from './explain/highlight.ts';
import { chatObject, highlightObject } from './explain/object.ts';
import { chatReport, highlightReport } from './explain/report.ts';
import { secondOf } from './explain/second.ts';
import { configuredModels } from './node/scorers.ts';
import { startedAtMs } from './recording/startedat.ts';

interface ExplainOptions {
  readonly chat?: string;
  readonly at?: string;
  readonly category?: string;
  readonly startedAt?: string;
  readonly scorer?: string;
  readonly data?: string;
  readonly json?: true;
}

const more = `
Give either the id of a highlight or of a clip of it (the first letters are enough, as they stand in the name of a clip's
file), or a chat export and a second of it. A highlight is scored again where its broadcast has ended and its events are still there; else the
explanation is what its record says.

  $ cliptide explain --chat chat.json --at 754
  $ cliptide explain --chat chat.json --at 0:12:34
  $ cliptide explain 3f2a91c0
`;

/** `cliptide explain`: why a moment was found or not, and what would have changed that. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('say why a moment was found or not, and what would have changed that')
    .argument('[highlight]', 'the id of a highlight or of a clip, or at least its first six letters')
    .option('--chat <file>', 'a chat export, instead of a highlight')
    .option('--at <sec>', "second of the chat's clock, or h:mm:ss; with --chat")
    .option('--category <name>', "the platform's name of what was shown; with --chat")
    .option('--started-at <time>', 'when the broadcast began, for a chat without absolute times; with --chat')
    .option('--scorer <file>', 'score by this model, a JSON file')
    .option('--data <dir>', 'data folder that has the highlight (default: the configured one, ./.cliptide)')
    .option('--json', 'print one JSON object')
    .addHelpText('after', more)
    .action(async (highlight: string | undefined, options: ExplainOptions, command: Command) => {
      mustFit(highlight, options);
      const context = contextOf(command, { overrides: { dataDir: options.data } });
      await explain(highlight, options, context);
    });
}

function mustFit(highlight: string | undefined, { chat, at, category, startedAt, data }: ExplainOptions): void {
  const refused = (what: string): CliptideError =>
    new CliptideError('usage', what, { hint: 'give the id of a highlight, or --chat FILE --at SEC' });
  if (chat === undefined && highlight === undefined) throw refused('there is nothing to explain');
  if (chat !== undefined && highlight !== undefined) throw refused('a highlight and a chat are two questions');
  if (chat !== undefined && at === undefined) throw refused('--chat needs --at, the second to explain');
  if (chat !== undefined && data !== undefined) throw refused('--data says where a highlight is; a chat has none');
  const ofChat = { '--at': at, '--category': category, '--started-at': startedAt };
  const [stray] = Object.entries(ofChat).find(([, value]) => value !== undefined) ?? [];
  if (chat === undefined && stray !== undefined) throw refused(`${stray} goes with --chat`);
}

async function explain(highlight: string | undefined, options: ExplainOptions, context: CommandContext): Promise<void> {
  const model = options.scorer === undefined ? undefined : await readScorer(options.scorer);
  try {
    if (highlight === undefined) await chat(options, model, context);
    else {
      const found = await explainHighlight(highlight, model, context);
      if (options.json) await context.output.write(highlightObject(found));
      else process.stdout.write(highlightReport(found));
    }
  } finally {
    context.terminal.end();
  }
}

async function chat(options: ExplainOptions, model: Model | undefined, context: CommandContext): Promise<void> {
  const { chat: path = '', at = '', category = '', startedAt } = options;
  const models = model === undefined ? await configuredModels(context.config) : alwaysBy(model);
  const question = { path, sec: secondOf(at), category, startedAtMs: startedAtMs(startedAt), models };
  const found = await explainChat(question, context);
  if (options.json) await context.output.write(chatObject(path, found));
  else process.stdout.write(chatReport(path, found));
}
