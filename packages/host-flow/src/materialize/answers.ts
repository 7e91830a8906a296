import type { Json } from '@fairlead/sdk';
import type { MaterializeResponseDraft } from '../protocol/materialize-messages.ts';

/** Where a materialization's responses go, in order. */
export interface Answers {
  /** Resolves when more can be taken. */
  write(response: MaterializeResponseDraft): Promise<void> | undefined;
  /** Resolves when the runtime can have read everything. */
  flush(): Promise<void>;
}

/** JSON as messages carry it. */
export function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value));
}

/** JSON out of a message; `{}` when there was none. */
export function jsonOf(bytes: Uint8Array | undefined): Json {
  if (bytes === undefined || bytes.length === 0) return {};
  // A reader of messages has checked that these bytes are JSON.
  return JSON.parse(
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'),
  ) as Json;
}

/** A change of the task's state, merged into what the runtime keeps. */
export function statePatch(patch: Json): { updated: Uint8Array; mergePatch: true } {
  return { updated: jsonBytes(patch), mergePatch: true };
}
