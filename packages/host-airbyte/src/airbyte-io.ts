import type { Output } from '@fairlead/host-io';
import type { Messages } from './protocol/messages.ts';

/** What a command of the protocol has to do with the world, files on the command line apart. */
export interface AirbyteIo {
  /** Where messages go. */
  readonly output: Output;
  /** Writes to `output`. */
  readonly messages: Messages;
  /** Where a command line that is wrong is answered. */
  readonly complain: (text: string) => void;
  /** Aborted when the process is to end. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch; the clock of the system unless given. */
  readonly now?: () => number;
}
