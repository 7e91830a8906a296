import type { Lines } from '@fairlead/json';
import { Failure, type Json, type KeyRange } from '@fairlead/sdk';
import type { CaptureResponse, CaptureRequestDraft } from '../protocol/capture-messages.ts';
import { jsonText, jsonValue } from '../protocol/json-text.ts';
import { type CaptureConnector, converse } from './capture-calls.ts';
import { assertClosed } from './closed.ts';
import { afterUpdate, readUpdate, type StateUpdate } from './state-update.ts';

type CaptureSpecDraft = NonNullable<Extract<CaptureRequestDraft, { is: 'open' }>['capture']>;

/** What a session of a capture shows. */
export type PreviewEvent =
  | { readonly is: 'documents'; readonly collection: string; readonly documents: Lines }
  | { readonly is: 'schema'; readonly collection: string; readonly schema: Json }
  | { readonly is: 'backfill'; readonly collection: string; readonly phase: 'begins' | 'ends' }
  /** Everything before this is committed. `update` is absent when the state stays as it is. */
  | { readonly is: 'checkpoint'; readonly update?: StateUpdate; readonly state: Json };

export interface CaptureSessionOptions {
  readonly connector: CaptureConnector;
  readonly capture: CaptureSpecDraft;
  readonly range: KeyRange;
  /** The state after the last checkpoint of an earlier session. */
  readonly state: Json;
  /** After how many checkpoints the session ends; it goes on unless given. */
  readonly checkpoints?: number;
  /** Whether checkpoints are acknowledged as they come; true unless given. */
  readonly acknowledge?: boolean;
  /** How it is ended: by closing its input, or by killing it. `close` unless given. */
  readonly stop?: 'close' | 'kill';
  /** Ends the session when nothing has come for so long after a checkpoint. */
  readonly quietMs?: number;
}

/**
 * One session of a capture, as the runtime has it. Documents are handed out as they come, and count
 * only once a checkpoint follows. Leaving early kills the connector.
 * @throws {Failure} data, for whatever the runtime would refuse.
 */
export async function* captureSession(
  options: CaptureSessionOptions,
): AsyncGenerator<PreviewEvent, void, undefined> {
  const { connector, capture, range, checkpoints = Infinity, stop = 'close' } = options;
  const { talk } = await converse(connector);
  await using _talk = talk;
  await talk.send({
    is: 'open',
    capture,
    version: 'preview',
    range: {
      keyBegin: range.begin,
      keyEnd: range.end,
      rClockBegin: 0,
      rClockEnd: 0xffff_ffff,
    },
    state: jsonText(options.state),
  });
  const { explicitAcknowledgements } = await talk.expect('opened');
  const acknowledges = explicitAcknowledgements && options.acknowledge !== false;
  let { state } = options;
  let committed = 0;
  let isWhole = true;
  let isEnding = false;
  const quiet = quietTimer(options.quietMs, () => {
    isEnding = true;
    talk.end();
  });
  using _quiet = quiet;
  for (;;) {
    if (isWhole && committed >= checkpoints) {
      if (stop === 'kill') return;
      if (!isEnding) talk.end();
      isEnding = true;
    }
    if (isWhole) quiet.start();
    const response = await talk.next();
    quiet.stop();
    if (response === undefined) break;
    // What comes after the end that we chose is committed by nobody.
    const isCounted = committed < checkpoints;
    const event = eventOf(response, capture, state);
    isWhole = event.is === 'checkpoint';
    if (event.is === 'checkpoint') {
      committed++;
      if (isCounted) state = event.state;
      if (acknowledges && !isEnding) await talk.send({ is: 'acknowledge', checkpoints: 1 });
    }
    if (isCounted) yield event;
  }
  if (!isWhole) throw new Failure('data', 'the connector ended in the middle of a sequence');
}

function eventOf(response: CaptureResponse, capture: CaptureSpecDraft, state: Json): PreviewEvent {
  switch (response.is) {
    case 'captured':
      return {
        is: 'documents',
        collection: collectionOf(capture, response.binding),
        documents: response.documents,
      };
    case 'sourcedSchema': {
      const collection = collectionOf(capture, response.binding);
      const schema = (jsonValue(response.documentSchema, 'documentSchema') ?? null) as Json;
      assertClosed(schema, collection);
      return { is: 'schema', collection, schema };
    }
    case 'backfillBegin':
    case 'backfillComplete':
      return {
        is: 'backfill',
        collection: collectionOf(capture, response.binding),
        phase: response.is === 'backfillBegin' ? 'begins' : 'ends',
      };
    case 'checkpoint': {
      if (response.state === undefined) return { is: 'checkpoint', state };
      const update = readUpdate(response.state);
      return { is: 'checkpoint', update, state: afterUpdate(state, update) };
    }
    default:
      throw new Failure('data', `"${response.is}" has no place in a session`);
  }
}

function collectionOf({ bindings = [] }: CaptureSpecDraft, binding: number): string {
  const found = bindings[binding];
  if (found === undefined) throw new Failure('data', `there is no binding ${binding}`);
  return found.collection?.name ?? '';
}

/** Calls back when it was started and not stopped for so long. */
function quietTimer(ms: number | undefined, onQuiet: () => void) {
  let timer: NodeJS.Timeout | undefined;
  const stop = () => clearTimeout(timer);
  return {
    start() {
      if (ms !== undefined) timer = setTimeout(onQuiet, ms);
    },
    stop,
    [Symbol.dispose]: stop,
  };
}
