import { create } from '@bufbuild/protobuf';
import {
  ListenResponseSchema,
  type ExistenceFilter,
  type ListenResponse,
} from '../protocol/listen.gen.ts';
import { timestampOf, tokenOf, type Micros } from '../time/micros.ts';

/** Why the server ends a target. */
export interface Cause {
  readonly code: number;
  readonly message?: string;
}

/** A target is known. */
export function added(id: number): ListenResponse {
  return targetChange({ targetChangeType: 1, targetIds: [id] });
}

/** A target is no more: because the client said so, or for a cause. */
export function removed(id: number, cause?: Cause): ListenResponse {
  return targetChange({ targetChangeType: 2, targetIds: [id], ...(cause ? { cause } : {}) });
}

/** A target has all documents as of an instant. */
export function current(id: number, at: Micros): ListenResponse {
  return targetChange({ targetChangeType: 3, targetIds: [id], ...pointOf(at) });
}

/** What a client knows of a target is void. */
export function reset(id: number): ListenResponse {
  return targetChange({ targetChangeType: 4, targetIds: [id] });
}

/** All targets of the stream have all documents as of an instant. */
export function consistentPoint(at: Micros): ListenResponse {
  return targetChange({ targetChangeType: 0, ...pointOf(at) });
}

/** How many documents a target has. */
export function existence(value: ExistenceFilter): ListenResponse {
  return create(ListenResponseSchema, { response: { case: 'filter', value } });
}

function pointOf(at: Micros) {
  return { resumeToken: tokenOf(at), readTime: timestampOf(at) };
}

function targetChange(value: {
  targetChangeType: number;
  targetIds?: number[];
  cause?: Cause;
  resumeToken?: Uint8Array;
  readTime?: ReturnType<typeof timestampOf>;
}): ListenResponse {
  return create(ListenResponseSchema, { response: { case: 'targetChange', value } });
}
