import { whenIdle } from '../../runtime/idle.ts';
import type { CommandContext } from '../context.ts';
import type { PipelineNode } from '../node/node.ts';
import { allTold, announce } from './announce.ts';
import { ingestLive } from './broadcast.ts';
import { openLine, sayEnd } from './ending.ts';
import type { LiveFeed } from './feed.ts';
import { type BroadcastIds, outcomeOf } from './outcome.ts';
import { recorded } from './recorded.ts';
import { settled } from './settle.ts';

/** The one broadcast of `live`, from its first event until all of it is said. */
export class Watched {
  private readonly node: PipelineNode;
  private readonly context: CommandContext;
  private readonly json: boolean;
  private readonly finished = new AbortController();
  private ids: BroadcastIds | undefined;

  constructor(node: PipelineNode, context: CommandContext, json: boolean) {
    this.node = node;
    this.context = context;
    this.json = json;
  }

  /** Says what comes of it as it comes, and its sum. Rejects when the command is interrupted. */
  async toItsEnd(feed: LiveFeed): Promise<void> {
    const { node, context, json } = this;
    const until = AbortSignal.any([context.signal, this.finished.signal]);
    const told = { highlights: 0, clips: 0 };
    await ingestLive(feed, node, context.config, until, (broadcast) => {
      this.ids = broadcast;
      context.terminal.line(`on air: ${broadcast.streamId}`);
      const how = { json, from: 'start', goesOn: false, told } as const;
      announce(broadcast, node, context, how, until).catch((error) => this.finished.abort(error));
    });
    until.throwIfAborted();
    const ids = this.ids ?? { streamId: '', channelId: '' };
    await settled(node.deps, ids.streamId, ids.channelId, until);
    await whenIdle(progressOf(node, 'keep'), node.deps, until);
    await allTold(ids, node, told, until);
    const isRecorded = await recorded(progressOf(node, 'record'), node.deps, until);
    await sayEnd(ids, node, context, { json, isRecorded });
  }

  /** Of one that is interrupted: which clips were to come still, and how they will. */
  async sayOpen(): Promise<void> {
    const { ids, node, context } = this;
    if (ids === undefined) return;
    const outcome = await outcomeOf(ids, node.deps);
    context.terminal.line(openLine(outcome));
  }

  stop(): void {
    this.finished.abort();
  }
}

/** Its events are in their file, and what it found in the results, before it says that it is over. */
const progressOf = ({ stages }: PipelineNode, name: 'keep' | 'record') =>
  stages.progress.filter(({ stage }) => stage === name);
