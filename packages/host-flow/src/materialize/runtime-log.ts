import { mergePatch, type Json } from '@fairlead/sdk';
import { runtimeCheckpoint } from '../protocol/flow-messages.ts';
import { protoOf, readProto } from '../protocol/proto-message.ts';
import { jsonOf } from './answers.ts';
import type { MaterializationSpec } from './flow-spec.ts';

/** What a runtime keeps of a task when its processes are gone. */
export class RuntimeLog {
  /** How many transactions are committed, as far as the runtime knows. */
  committed = 0;
  /** The connector's state. */
  state: Json = {};
  /** The spec that was applied last. */
  applied: MaterializationSpec | undefined;
  /** The greatest packed key that was ever to be stored, by state key. */
  readonly greatestKeys = new Map<string, string>();

  /** Takes a change of the connector's state. */
  update(
    change: { readonly updated?: Uint8Array; readonly mergePatch?: boolean } | undefined,
  ): void {
    if (change === undefined) return;
    const updated = jsonOf(change.updated);
    this.state = change.mergePatch === true ? mergePatch(this.state, updated) : updated;
  }
}

/** A runtime's checkpoint after so many transactions. */
export function checkpointAfter(transactions: number): Uint8Array {
  const source = { readThrough: BigInt(transactions) };
  return protoOf(shape, { sources: { [sourceName]: source } });
}

/** How many transactions a checkpoint has; none when it is one that begins anew. */
export function transactionsIn(checkpoint: Uint8Array): number {
  const { sources } = readProto(shape, checkpoint);
  const source: unknown = (sources as Readonly<Record<string, unknown>>)[sourceName];
  const hasPlace = typeof source === 'object' && source !== null && 'readThrough' in source;
  return hasPlace ? Number(source.readThrough) : 0;
}

const { shape } = runtimeCheckpoint(1);
const sourceName = 'fixture';
