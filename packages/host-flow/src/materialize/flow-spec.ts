import type {
  CollectionSpec as CollectionShape,
  Inference as InferenceShape,
  MaterializationBinding,
  MaterializationSpec as SpecShape,
  Projection as ProjectionShape,
} from '../protocol/flow-messages.ts';
import type { DraftOf } from '../protocol/shape.ts';

// What Flow has built. The reader of messages fills in what is missing; nothing here relies on it.

export type MaterializationSpec = DraftOf<typeof SpecShape>;
/** A collection that goes to a table. */
export type BindingSpec = DraftOf<typeof MaterializationBinding>;
export type CollectionSpec = DraftOf<typeof CollectionShape>;
/** A location of a collection's documents that a column may hold. */
export type Projection = DraftOf<typeof ProjectionShape>;
/** What is known of the values at a location. */
export type Inference = DraftOf<typeof InferenceShape>;
