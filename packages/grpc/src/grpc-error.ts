import type { Metadata } from './metadata.ts';
import { type Status, statusName } from './status.ts';

export interface GrpcErrorOptions {
  /** Metadata that came, or goes, with the status. */
  readonly metadata?: Metadata;
  /** The bytes of `grpc-status-details-bin`: a `google.rpc.Status`. */
  readonly statusDetails?: Uint8Array;
  /** Whether the peer is known not to have begun with the call. */
  readonly safeToRetry?: boolean;
  readonly cause?: unknown;
}

/** A call that ended with a status other than `OK`, whether the peer said so or we had to conclude it. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError';
  readonly code: Status;
  /** What the peer wrote beside the code, or our own words. */
  readonly details: string;
  readonly metadata: Metadata;
  readonly statusDetails: Uint8Array | undefined;
  /** The peer has certainly not begun with this call: making it again cannot do anything twice. */
  readonly safeToRetry: boolean;

  constructor(code: Status, details: string, options: GrpcErrorOptions = {}) {
    const text = details === '' ? statusName(code) : `${statusName(code)}: ${details}`;
    super(text, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = details;
    this.metadata = options.metadata ?? {};
    this.statusDetails = options.statusDetails;
    this.safeToRetry = options.safeToRetry ?? false;
  }
}
