import type { Json, Source } from '@fairlead/sdk';
import { documents, memorySource, type Step } from '@fairlead/testkit';
import { callFunction, type FunctionEndpoint, type SyncOptions } from '../caller.ts';
import type { AnsweredRow } from '../caller-answer.ts';
import { ModelTables, type ModelOptions } from '../caller-tables.ts';
import { sourceEndpoint } from '../endpoints.ts';
import { type FunctionOptions, handleFunctionCall } from '../handle-function-call.ts';

/** Options of a function that keeps its log to itself. */
export const quiet: FunctionOptions = { write: () => {} };

// Tests look at all kinds of answers, whose form they assert themselves.
// oxlint-disable-next-line typescript/no-explicit-any
export type Content = any;

/** What a function answers to one request. */
export async function call(
  source: Source,
  request: object | string,
  options: FunctionOptions = {},
): Promise<{ status: number; text: string; content: Content }> {
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  const answer = await handleFunctionCall(source, body, { ...quiet, ...options });
  const text = Buffer.from(answer.body).toString();
  return { status: answer.status, text, content: JSON.parse(text) };
}

export interface SyncedOptions extends SyncOptions {
  readonly function?: FunctionOptions;
  readonly model?: ModelOptions;
  readonly tables?: ModelTables;
  /** Stands between the caller and the function. */
  readonly between?: (endpoint: FunctionEndpoint) => FunctionEndpoint;
}

/** One sync of a source, and the tables then. */
export async function sync(source: Source, options: SyncedOptions = {}) {
  const { between = (endpoint) => endpoint, tables = new ModelTables(options.model) } = options;
  const endpoint = between(sourceEndpoint(source, { ...quiet, ...options.function }));
  const answers: Content[] = [];
  const report = await callFunction(endpoint, tables, {
    ...options,
    onAnswer: (answer) => answers.push(answer),
  });
  return { ...report, tables, answers };
}

/** The ids of rows, sorted. */
export const idsOf = (rows: readonly AnsweredRow[]): number[] =>
  rows.map(({ id }) => Number(id)).toSorted((a, b) => a - b);

/** A state as a function has written it, with the position of the source. */
export const stateOf = (bindings: Json, more: object = {}): object => ({
  version: 1,
  connector: 'source-memory',
  bindings,
  ...more,
});

/** Documents with the ids from one number up to another. */
export const numbered = (from: number, to: number) =>
  documents(Array.from({ length: to - from }, (_, index) => ({ id: from + index })));

/** A source of one stream, `a`. */
export const one = (...script: readonly Step[]) =>
  memorySource({ streams: [{ name: 'a', script }] });
