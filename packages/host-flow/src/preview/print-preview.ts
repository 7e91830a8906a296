import { ByteWriter } from '@fairlead/json';
import type { Documents, KeyRange } from '@fairlead/sdk';
import { documentOf } from '../protocol/batches.ts';
import { jsonText } from '../protocol/json-text.ts';
import type { PreviewStep } from './preview-capture.ts';

export interface PrintOptions {
  /** Whether updates of the state and the last one are shown; true unless given. */
  readonly states?: boolean;
  /** Whether bindings, sessions, schemas and what was applied are shown; false unless given. */
  readonly steps?: boolean;
}

/**
 * A step of a preview as lines, each a JSON array: `["acmeCo/users",{…}]` for a document, and
 * `["connectorState",{"updated":…,"mergePatch":true}]` for a checkpoint. Nothing when the options
 * leave it out.
 */
export function printPreview(
  step: PreviewStep,
  { states = true, steps = false }: PrintOptions = {},
): Uint8Array {
  switch (step.is) {
    case 'documents':
      return documentLines(step.collection, step.documents);
    case 'checkpoint':
      return states ? line('connectorState', step.update ?? {}) : nothing;
    case 'final-state':
      return states ? line('connectorState', step.state, rangeLabel(step.range)) : nothing;
    case 'bindings':
      return steps ? line('bindings', step.bindings) : nothing;
    case 'applied':
      return steps ? line('applied.actionDescription', step.actionDescription) : nothing;
    case 'session':
      return steps ? line('session', step.session, rangeLabel(step.range)) : nothing;
    case 'schema':
      return steps ? line('sourcedSchema', step.collection, step.schema) : nothing;
    case 'backfill':
      return steps ? line('backfill', step.collection, step.phase) : nothing;
  }
}

const lineEnd = Buffer.from(']\n');
const nothing = new Uint8Array(0);

function documentLines(collection: string, documents: Documents): Uint8Array {
  const before = Buffer.from(`[${JSON.stringify(collection)},`);
  const out = new ByteWriter(documents.bytes.length);
  for (let index = 0; index < documents.ends.length; index++) {
    out.bytes(before);
    out.bytes(documentOf(documents, index));
    out.bytes(lineEnd);
  }
  return out.take();
}

function line(...parts: readonly unknown[]): Uint8Array {
  const array = parts.filter((part) => part !== undefined);
  return Buffer.concat([jsonText(array), Buffer.from('\n')]);
}

/** What a shard is called; nothing when it is the only one. */
function rangeLabel({ begin, end }: KeyRange): string | undefined {
  if (begin === 0 && end === 0xffff_ffff) return undefined;
  const hex = (value: number) => value.toString(16).padStart(8, '0');
  return `${hex(begin)}-${hex(end)}`;
}
