import {
  type CaptureRequest,
  captureRequests,
  type CaptureResponse,
  captureResponses,
  serveCapture,
} from '@fairlead/host-flow';
import type { Source, SourceEvent } from '@fairlead/sdk';
import type { FlowStart } from '../flow-start.ts';
import { type Changes, changedStart } from './changed-start.ts';
import { referenceSource } from './reference-source.ts';

type Request = Parameters<Source['pull']>[0] & { readonly resumed: boolean };
type Events = AsyncIterable<SourceEvent>;

/** The reference capture of another source. */
export function startOf(source: Source): FlowStart {
  return changedStart((io) => serveCapture(source, io), sets(), {});
}

/** The reference capture with something between it and the runtime. */
export function starting(changes: Changes<CaptureRequest, CaptureResponse>): FlowStart {
  return changedStart((io) => serveCapture(referenceSource(), io), sets(), changes);
}

/** The reference capture with other responses. */
export function saying(
  responses: () => (response: CaptureResponse) => Iterable<CaptureResponse>,
): FlowStart {
  return starting({ responses });
}

/** The reference capture of other requests. */
export function asking(
  requests: () => (request: CaptureRequest) => Iterable<CaptureRequest>,
): FlowStart {
  return starting({ requests });
}

/** The reference capture, which fails where `change` throws. */
export function pullRequest(change: (request: CaptureRequest) => CaptureRequest): FlowStart {
  return asking(() => (request) => [change(request)]);
}

/** The reference capture with other bindings to choose from. */
export function discovering(
  change: (
    bindings: Extract<CaptureResponse, { is: 'discovered' }>['bindings'],
  ) => Extract<CaptureResponse, { is: 'discovered' }>['bindings'],
): FlowStart {
  return saying(() => (response) => [
    response.is === 'discovered' ? { ...response, bindings: change(response.bindings) } : response,
  ]);
}

/** The reference capture with other events; `resumed` says whether there was a state. */
export function pulling(change: (events: Events, request: Request) => Events): FlowStart {
  const source = referenceSource();
  return startOf({
    ...source,
    pull: (request) => {
      const resumed = Object.keys(request.state.bindings).length > 0;
      return change(source.pull(request), { ...request, resumed });
    },
  });
}

/** The reference capture with one more document. */
export function spoilt(line: string): FlowStart {
  return saying(() => {
    let isDone = false;
    return (response) => {
      if (response.is !== 'captured' || response.binding !== 0 || isDone) return [response];
      isDone = true;
      const bytes = Buffer.from(`${line}\n`);
      const documents = { bytes, ends: Uint32Array.of(bytes.length) };
      return [{ ...response, documents }, response];
    };
  });
}

function sets() {
  return { requests: captureRequests, responses: captureResponses };
}
