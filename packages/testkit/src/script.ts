import type { JsonSchema } from '@fairlead/json';
import { type Documents, DocumentsBuilder, encodeDocuments, Op } from '@fairlead/sdk';

/**
 * What a scripted stream says or does next. Of the events of a source it leaves out the binding,
 * which the reader knows, and the patch of a checkpoint, which is always the number of steps done.
 */
export type Step =
  | DocumentsStep
  | { readonly is: 'checkpoint' }
  | { readonly is: 'backfill-begins' | 'backfill-ends' | 'caught-up' }
  | { readonly is: 'schema'; readonly schema: JsonSchema }
  | {
      readonly is: 'progress';
      readonly unit: 'bytes' | 'documents';
      readonly done: number;
      readonly total: number;
    }
  /** The reading fails here, as often as `times` says, and then goes on. */
  | { readonly is: 'fails'; readonly error: Error; readonly times: number }
  /** The reading stands still until the promise resolves, or is aborted. */
  | { readonly is: 'waits'; readonly until: () => Promise<unknown> };

/** A batch of documents, and so also a way to write one down. */
export interface DocumentsStep {
  readonly is: 'documents';
  readonly documents: Documents;
}

/** Steps by number. An array is one; a script of a million documents makes them when asked. */
export interface Script<S = Step> {
  readonly length: number;
  at(index: number): S | undefined;
}

/** Documents with one {@link Op}, which is `upsert` unless given. */
export function documents(objects: Iterable<object>, op: Op = Op.upsert): DocumentsStep {
  return { is: 'documents', documents: encodeDocuments(objects, op) };
}

/** An operation and its document. */
export type OneChange = readonly [op: keyof typeof Op, document: object];

/** Documents with an {@link Op} each: `changes(['insert', { id: 1 }], ['delete', { id: 1 }])`. */
export function changes(...list: readonly OneChange[]): DocumentsStep {
  const builder = new DocumentsBuilder();
  for (const [op, document] of list) builder.add(document, Op[op]);
  return { is: 'documents', documents: builder.take() };
}

/** A point where everything before belongs together. */
export const checkpoint: Step = { is: 'checkpoint' };

/** A failure, the first `times` times that it is reached; always, unless given. */
export function fails(error: Error, times = Infinity): Step {
  return { is: 'fails', error, times };
}

/** A wait for something that the test decides. */
export function waits(until: () => Promise<unknown>): Step {
  return { is: 'waits', until };
}

/** Steps that read a binding anew, with a checkpoint at the end. */
export function backfill(...steps: readonly Step[]): Step[] {
  return [{ is: 'backfill-begins' }, ...steps, { is: 'backfill-ends' }, checkpoint];
}

/** A step that belongs to one stream of a script that many share. */
export function on<S extends Step>(stream: string, step: S): S & { readonly stream: string } {
  return { ...step, stream };
}
