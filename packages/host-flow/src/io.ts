import type { Output } from '@fairlead/host-io';
import type { Log } from '@fairlead/sdk';
import type { CodecName } from './protocol/codec.ts';

/** Where the bytes of messages go. */
export type FlowOutput = Pick<Output, 'write' | 'flush'>;

/** What a connector reads and writes as a process of the Flow runtime. */
export interface FlowIo {
  /** The bytes of requests, as they come. An abort throws the signal's reason. */
  readonly input: (signal: AbortSignal) => AsyncIterable<Uint8Array>;
  /** Where the bytes of responses go. */
  readonly output: FlowOutput;
  readonly codec: CodecName;
  /** Its last record is what the runtime shows of a failure. */
  readonly log: Log;
  /** Asks to stop, as the end of the input does. */
  readonly signal?: AbortSignal;
  /** Where users read about the connector. */
  readonly documentationUrl?: string;
}
