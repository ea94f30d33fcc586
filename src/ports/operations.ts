/** What an operator asks of a process or of its data: the name of an operation, and what it needs to know. */
export interface Question {
  readonly operation: string;
  readonly [detail: string]: unknown;
}

/** Answers with rows as they come, each an object that JSON can carry. Rejects like the operation itself. */
export type Answerer = (question: Question, signal: AbortSignal) => AsyncIterable<object>;
