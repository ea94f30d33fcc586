import { CliptideError, type ErrorCode } from '../../domain/errors.ts';

/** An error of kafkajs, as far as it is looked at. */
export interface KafkaError {
  readonly name: string;
  readonly message: string;
  /** Kafka's name for it, such as `REBALANCE_IN_PROGRESS`. */
  readonly type?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly host?: string;
  readonly port?: number;
  readonly cause?: unknown;
}

/** Kafka's errors that no trying again mends. */
const final: Readonly<Record<string, { readonly code: ErrorCode; readonly hint: string }>> = {
  OFFSET_OUT_OF_RANGE: {
    code: 'offset-range',
    hint: 'retention removed records that were not read yet: give the topic more time, then accept the gap with `cliptide recover --accept-gap`',
  },
  UNKNOWN_TOPIC_OR_PARTITION: { code: 'config', hint: 'run `cliptide topology apply`' },
  INVALID_TOPIC_EXCEPTION: { code: 'config', hint: 'run `cliptide topology check`' },
  TOPIC_AUTHORIZATION_FAILED: { code: 'forbidden', hint: 'see `cliptide topology plan --acls`' },
  GROUP_AUTHORIZATION_FAILED: { code: 'forbidden', hint: 'see `cliptide topology plan --acls`' },
  CLUSTER_AUTHORIZATION_FAILED: { code: 'forbidden', hint: 'see `cliptide topology plan --acls`' },
  SASL_AUTHENTICATION_FAILED: { code: 'forbidden', hint: 'check kafka.username and kafka.password' },
  MESSAGE_TOO_LARGE: { code: 'input', hint: "raise the topic's max.message.bytes" },
  RECORD_LIST_TOO_LARGE: { code: 'input', hint: "raise the topic's max.message.bytes" },
};

/** The error that kafkajs wrapped, at the bottom of its causes. */
export function rootOf(error: unknown): KafkaError {
  let root = error as KafkaError & { readonly originalError?: unknown };
  for (let depth = 0; depth < 5; depth++) {
    const inner = root.cause ?? root.originalError;
    if (!(inner instanceof Error) || inner === (root as unknown)) break;
    root = inner as unknown as typeof root;
  }
  return root;
}

/** Any error of kafkajs as one of ours: away unless it is known to be final. */
export function kafkaFailure(error: unknown, where: string): CliptideError {
  if (error instanceof CliptideError) return error;
  const root = rootOf(error);
  const known =
    root.name === 'KafkaJSSASLAuthenticationError' ? final.SASL_AUTHENTICATION_FAILED : final[root.type ?? ''];
  if (known !== undefined) {
    return new CliptideError(known.code, `Kafka refuses: ${root.message}`, { where, hint: known.hint, cause: error });
  }
  if (['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError'].includes(root.name)) {
    return new CliptideError('internal', root.message, { where, cause: error });
  }
  return new CliptideError('unavailable', `Kafka is away: ${root.message}`, {
    where,
    hint: 'check that the brokers run and can be reached at kafka.brokers (CLIPTIDE_KAFKA_BROKERS)',
    cause: error,
  });
}

const ofTopics = new Set(['UNKNOWN_TOPIC_ID', 'INCONSISTENT_TOPIC_ID', 'UNKNOWN_TOPIC_OR_PARTITION']);

/** Whether a topic is not there, or not there yet, or another one has its name. */
export const isUnknownTopic = (error: unknown): boolean => ofTopics.has(rootOf(error).type ?? '');

/** A topic that was deleted and made again while its records were being read. */
export function madeAnew(where: string): CliptideError {
  return new CliptideError('offset-range', 'the topic was made anew; what was not read of the earlier one is gone', {
    where,
    hint: 'begin with topics under another prefix, or restore a backup: see `cliptide recover`',
  });
}

/** Whether this member has been taken out of its group, or another generation has begun without it. */
export function isExpelled(error: unknown): boolean {
  const { type } = rootOf(error);
  return type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION' || type === 'FENCED_INSTANCE_ID';
}

export function isRebalance(error: unknown): boolean {
  return rootOf(error).type === 'REBALANCE_IN_PROGRESS';
}
