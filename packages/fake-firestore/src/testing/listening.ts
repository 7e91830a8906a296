import type { MessageInitShape } from '@bufbuild/protobuf';
import type { DuplexCall } from '@fairlead/grpc';
import type { ListenRequestSchema, ListenResponse, TargetSchema } from '../protocol/listen.gen.ts';
import { microsOf, type Micros } from '../time/micros.ts';

type Change = NonNullable<MessageInitShape<typeof ListenRequestSchema>['change']>;

/** A stream of changes, read message by message. */
export class Listening {
  readonly #call: DuplexCall;
  readonly #responses: AsyncGenerator<ListenResponse>;
  readonly #encode: (change: Change) => Uint8Array;
  /** The read time of the last consistent point. */
  point: Micros = 0;

  constructor(
    call: DuplexCall,
    responses: AsyncGenerator<ListenResponse>,
    encode: (change: Change) => Uint8Array,
  ) {
    this.#call = call;
    this.#responses = responses;
    this.#encode = encode;
  }

  add(value: MessageInitShape<typeof TargetSchema>): void {
    void this.#call.write(this.#encode({ case: 'addTarget', value }));
  }

  drop(value: number): void {
    void this.#call.write(this.#encode({ case: 'removeTarget', value }));
  }

  async next(): Promise<ListenResponse> {
    const { value, done } = await this.#responses.next();
    if (done === true) throw new Error('the stream has ended');
    const { response } = value;
    if (response.case === 'targetChange' && isPoint(response.value)) {
      this.point = microsOf(response.value.readTime!);
    }
    return value;
  }

  /** All that comes before the next consistent point, in short. */
  async untilPoint(): Promise<string[]> {
    const told: string[] = [];
    for (;;) {
      const message = await this.next();
      const text = inShort(message);
      if (text === 'point') return told;
      told.push(text);
    }
  }

  /** All that comes before the first message that begins so in short, and this. */
  async until(beginning: string): Promise<string[]> {
    const told: string[] = [];
    do told.push(inShort(await this.next()));
    while (!told.at(-1)!.startsWith(beginning));
    return told;
  }

  cancel(): void {
    this.#call.cancel();
  }

  [Symbol.dispose](): void {
    this.#call.cancel();
  }
}

/** A message in a few words, such as `change users/ada 1`. */
function inShort({ response }: ListenResponse): string {
  switch (response.case) {
    case 'targetChange': {
      const { targetChangeType, targetIds, cause } = response.value;
      if (isPoint(response.value)) return 'point';
      const name = ['NO_CHANGE', 'ADD', 'REMOVE', 'CURRENT', 'RESET'][targetChangeType];
      return [name, ...targetIds, ...(cause ? [`code ${cause.code}`] : [])].join(' ');
    }
    case 'documentChange': {
      const { document, targetIds, removedTargetIds } = response.value;
      const ids = [...targetIds, ...removedTargetIds.map((id) => -id)];
      return ['change', pathOf(document!.name), ...ids].join(' ');
    }
    case 'documentDelete':
      return ['delete', pathOf(response.value.document), ...response.value.removedTargetIds].join(
        ' ',
      );
    case 'documentRemove':
      return ['remove', pathOf(response.value.document), ...response.value.removedTargetIds].join(
        ' ',
      );
    case 'filter':
      return `filter ${response.value.targetId} count ${response.value.count}`;
    case undefined:
      return 'unknown';
  }
}

function isPoint({
  targetChangeType,
  targetIds,
  readTime,
}: {
  targetChangeType: number;
  targetIds: number[];
  readTime?: unknown;
}): boolean {
  return targetChangeType === 0 && targetIds.length === 0 && readTime !== undefined;
}

function pathOf(name: string): string {
  return name.slice(name.indexOf('/documents/') + '/documents/'.length);
}
