import {
  afterUpdate,
  type CaptureConnector,
  type CaptureConversation,
  type CaptureRequestDraft,
  type CaptureResponse,
  converse,
  jsonText,
  jsonValue,
  readUpdate,
  type StateUpdate,
} from '@fairlead/host-flow';
import { type Json, type KeyRange, wholeRange } from '@fairlead/sdk';
import { documentLines } from '../pull.ts';
import type { DocumentsByStream } from '../source-run.ts';
import type { CaptureSpec } from './capture-run.ts';

/** How one session goes. */
export interface SessionPlan {
  readonly capture: CaptureSpec;
  /** Nothing at all when it is left out. */
  readonly state: Json | undefined;
  readonly range?: KeyRange;
  /** How many documents are to be expected; the session goes on until they have come. */
  readonly documents: number;
  /** How long it goes on after that. */
  readonly quietMs: number;
  readonly stable: (line: string) => string;
  /** Ends the session after so many messages instead: by closing its input, by SIGTERM, or by SIGKILL. */
  readonly leave?: { readonly after: number; readonly by: 'close' | 'stop' | 'kill' };
  /** Which checkpoints are acknowledged: each as it comes, all at once in the end, or so many. */
  readonly acknowledge?: 'each' | 'together' | number;
}

/** What lies between two checkpoints, the second included. */
export interface Sequence {
  /** Documents by collection. */
  readonly lines: DocumentsByStream;
  readonly schemas: readonly { readonly collection: string; readonly schema: Json }[];
  readonly update?: StateUpdate;
  /** The state after it. */
  readonly state: Json;
}

/** What a session gave. Only whole sequences count, as the runtime commits nothing else. */
export interface FlowReading {
  readonly sequences: readonly Sequence[];
  /** Documents of all sequences, by collection. */
  readonly lines: DocumentsByStream;
  readonly state: Json;
  /** How many messages came, batches of documents being one. */
  readonly messages: number;
  /** Whether the connector ended before it was asked to. */
  readonly endedAlone: boolean;
}

/**
 * Reads one session as the runtime does, and leaves nothing of it running.
 * @throws {Failure} data, for whatever the runtime would refuse, such as an end within a sequence.
 */
export async function readSession(
  connector: CaptureConnector,
  plan: SessionPlan,
): Promise<FlowReading> {
  const { talk } = await converse(connector);
  await using _talk = talk;
  await talk.send(openRequest(plan));
  const { explicitAcknowledgements } = await talk.expect('opened');
  const reading = new Reading(plan);
  const { leave, acknowledge = 'each' } = plan;
  let acknowledged = 0;
  let isEnding = false;
  const end = async () => {
    const due = reading.checkpoints - acknowledged;
    if (!isEnding && acknowledge === 'together' && explicitAcknowledgements && due > 0) {
      await talk.send({ is: 'acknowledge', checkpoints: due });
    }
    isEnding = true;
    talk.end();
  };
  for (;;) {
    const isLast = leave === undefined && reading.isWhole && reading.count >= plan.documents;
    const response =
      isLast && !isEnding ? await nextWithin(talk, plan.quietMs, end) : await talk.next();
    if (response === undefined) break;
    reading.take(response);
    const most = typeof acknowledge === 'number' ? acknowledge : Infinity;
    const isDue = response.is === 'checkpoint' && acknowledged < most && acknowledge !== 'together';
    if (isDue && explicitAcknowledgements && !isEnding) {
      acknowledged++;
      await talk.send({ is: 'acknowledge', checkpoints: 1 });
    }
    if (leave === undefined || isEnding || reading.messages < leave.after) continue;
    if (leave.by === 'kill') return reading.result(false);
    isEnding = true;
    if (leave.by === 'close') talk.end();
    else talk.stop();
  }
  if (!reading.isWhole) throw new Error('the capture ended in the middle of a sequence');
  return reading.result(!isEnding);
}

/** An open request for all keys or some of them. */
export function openRequest({
  capture,
  range = wholeRange,
  state,
}: Pick<SessionPlan, 'capture' | 'range' | 'state'>): CaptureRequestDraft {
  return {
    is: 'open',
    capture,
    version: 'test',
    range: { keyBegin: range.begin, keyEnd: range.end, rClockBegin: 0, rClockEnd: wholeRange.end },
    ...(state === undefined ? {} : { state: jsonText(state) }),
  };
}

/** The next response; the session is ended first when none comes within a time. */
async function nextWithin(
  talk: CaptureConversation,
  quietMs: number,
  end: () => Promise<void>,
): Promise<CaptureResponse | undefined> {
  let ending: Promise<void> | undefined;
  const timer = setTimeout(() => {
    ending = end();
  }, quietMs);
  try {
    return await talk.next();
  } finally {
    clearTimeout(timer);
    await ending;
  }
}

/** Gathers the responses of one session. */
class Reading {
  readonly #plan: SessionPlan;
  readonly #sequences: Sequence[] = [];
  #state: Json;
  #lines = new Map<string, string[]>();
  #schemas: Sequence['schemas'][number][] = [];
  #isWhole = true;
  /** How many documents have come. */
  count = 0;
  messages = 0;

  constructor(plan: SessionPlan) {
    this.#plan = plan;
    this.#state = plan.state ?? {};
  }

  /** Whether nothing has come since the last checkpoint. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  get checkpoints(): number {
    return this.#sequences.length;
  }

  take(response: CaptureResponse): void {
    this.messages++;
    this.#isWhole = response.is === 'checkpoint';
    switch (response.is) {
      case 'captured': {
        const collection = this.#collection(response.binding);
        const lines = this.#lines.get(collection) ?? [];
        for (const line of documentLines(response.documents)) lines.push(this.#plan.stable(line));
        this.#lines.set(collection, lines);
        this.count += response.documents.ends.length;
        return;
      }
      case 'sourcedSchema': {
        const collection = this.#collection(response.binding);
        const schema = jsonValue(response.documentSchema, 'a sourced schema') ?? null;
        // What a schema holds is JSON; numbers in it are small.
        this.#schemas.push({ collection, schema: schema as Json });
        return;
      }
      case 'backfillBegin':
      case 'backfillComplete':
        this.#collection(response.binding);
        return;
      case 'checkpoint': {
        const update = response.state === undefined ? undefined : readUpdate(response.state);
        if (update !== undefined) this.#state = afterUpdate(this.#state, update);
        this.#sequences.push({
          lines: Object.fromEntries(this.#lines),
          schemas: this.#schemas,
          state: this.#state,
          ...(update === undefined ? {} : { update }),
        });
        this.#lines = new Map();
        this.#schemas = [];
        return;
      }
      default:
        throw new Error(`"${response.is}" has no place in a session`);
    }
  }

  result(endedAlone: boolean): FlowReading {
    const lines = together(this.#sequences.map((sequence) => sequence.lines));
    for (const { collection } of this.#plan.capture.bindings ?? []) {
      lines[collection?.name ?? ''] ??= [];
    }
    const { messages } = this;
    return { sequences: this.#sequences, lines, state: this.#state, messages, endedAlone };
  }

  #collection(binding: number): string {
    const found = this.#plan.capture.bindings?.[binding];
    if (found === undefined) throw new Error(`the capture speaks of a binding ${binding}`);
    return found.collection?.name ?? this.#linked(found.collectionIndex);
  }

  #linked(index = 0): string {
    return this.#plan.capture.linkedCollections?.[index]?.name ?? '';
  }
}

/** The documents of several readings, one after the other. */
export function together(parts: readonly DocumentsByStream[]): Record<string, readonly string[]> {
  const all: Record<string, readonly string[]> = {};
  for (const part of parts) {
    for (const [name, lines] of Object.entries(part)) all[name] = [...(all[name] ?? []), ...lines];
  }
  return all;
}
