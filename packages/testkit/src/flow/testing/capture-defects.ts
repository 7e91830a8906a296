import {
  captureRequests,
  captureResponses,
  type CodecName,
  serveCapture,
} from '@fairlead/host-flow';
import type { FlowStart } from '../flow-start.ts';
import { spoilt } from './changed-capture.ts';
import { documentDefects } from './document-defects.ts';
import { formDefects } from './form-defects.ts';
import { referenceSource } from './reference-source.ts';
import { stateDefects } from './state-defects.ts';
import { streamDefects } from './stream-defects.ts';
import { transportDefects } from './transport-defects.ts';

/** A capture that does one thing wrong, and the check that has to find it. */
export interface CaptureDefect {
  readonly defect: string;
  /** JSON unless given. */
  readonly codec?: CodecName;
  readonly start: FlowStart;
  /** The name of the check. */
  readonly by: string;
  /** What it has to say. */
  readonly says: string | RegExp;
}

/** A defect for each thing that the suite looks at. */
export function captureDefects(): CaptureDefect[] {
  const sets = { requests: captureRequests, responses: captureResponses };
  return [
    ...transportDefects((io) => serveCapture(referenceSource(), io), sets),
    ...streamDefects(),
    ...stateDefects(),
    ...formDefects(),
    ...documentDefects(spoilt),
  ];
}
