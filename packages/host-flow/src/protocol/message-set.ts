import type { BatchName } from './batches.ts';
import type { DraftOf, MessageField, MessageOf } from './shape.ts';

/** The messages of one direction of one protocol, of which each on the wire is one. */
export interface MessageSet<Shapes extends Readonly<Record<string, MessageField>> = AnyShapes> {
  /** What an error calls them. */
  readonly what: string;
  /** Messages that come singly. */
  readonly shapes: Shapes;
  /** Messages that come in batches, with their protobuf number. */
  readonly batches: Readonly<Partial<Record<BatchName, number>>>;
}

type AnyShapes = Readonly<Record<string, MessageField>>;

/** A single message of the set, told by `is`. */
export type MessageIn<Set extends MessageSet> = {
  [K in keyof Set['shapes'] & string]: { readonly is: K } & MessageOf<Set['shapes'][K]['shape']>;
}[keyof Set['shapes'] & string];

/** A single message of the set to be written. */
export type DraftIn<Set extends MessageSet> = {
  [K in keyof Set['shapes'] & string]: { readonly is: K } & DraftOf<Set['shapes'][K]['shape']>;
}[keyof Set['shapes'] & string];

/** A set with its types. */
export function messages<Shapes extends AnyShapes>(
  what: string,
  shapes: Shapes,
  batches: Readonly<Partial<Record<BatchName, number>>> = {},
): MessageSet<Shapes> {
  return { what, shapes, batches };
}
