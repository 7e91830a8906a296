import type { Documents } from '@fairlead/sdk';
import type { MemoryStream } from './memory-stream.ts';
import { mix32 } from './random.ts';
import type { Script, Step } from './script.ts';

export interface GeneratedOptions {
  /** How many documents there are. */
  readonly count: number;
  /** Another seed makes other documents. */
  readonly seed?: number;
  /** Documents in a batch; 4,096 unless given, which is about 1 MiB. */
  readonly batch?: number;
  /** Batches before a checkpoint; 1 unless given. */
  readonly batches?: number;
  /** An `Op` for all of them. */
  readonly op?: number;
}

/**
 * A stream of generated documents, each made when it is asked for, with a backfill around them:
 * `memorySource({ streams: [generatedStream('orders', { count: 1_000_000 })] })`.
 */
export function generatedStream(name: string, options: GeneratedOptions): MemoryStream {
  return { name, key: ['/id'], schema: generatedSchema, script: generatedScript(options) };
}

/**
 * Documents `from` to `from + count` of the endless row that belongs to `seed`: each has an `id`,
 * which is its number, and members of every JSON type; some 250 bytes.
 */
export function generateDocuments(
  from: number,
  count: number,
  { seed = 1, op }: { readonly seed?: number; readonly op?: number } = {},
): Documents {
  const bytes = Buffer.allocUnsafeSlow(count * longestBytes);
  const ends = new Uint32Array(count);
  let at = 0;
  for (let index = 0; index < count; index++) {
    at = writeDocument(bytes, at, from + index, seed);
    ends[index] = at;
  }
  return {
    bytes: bytes.subarray(0, at),
    ends,
    ...(op === undefined ? {} : { ops: new Uint8Array(count).fill(op) }),
  };
}

/** What {@link generateDocuments} makes. */
export const generatedSchema = {
  type: 'object',
  properties: {
    id: { type: 'integer' },
    big: { type: 'integer' },
    price: { type: 'number' },
    paid: { type: 'boolean' },
    at: { type: 'string', format: 'date-time' },
    note: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
    place: {
      type: 'object',
      properties: { city: { type: 'string' }, zip: { type: 'integer' } },
      required: ['city', 'zip'],
    },
  },
  required: ['id', 'big', 'price', 'paid', 'at', 'note', 'tags', 'place'],
} as const;

/** Steps: the backfill begins, batches with a checkpoint after some of them, the backfill ends. */
function generatedScript(options: GeneratedOptions): Script {
  const { count, batch = 4_096, batches = 1 } = options;
  const all = Math.ceil(count / batch);
  const checkpoints = Math.ceil(all / batches);
  const length = all + checkpoints + 2;
  const steps = batches + 1;
  return {
    length,
    at(index): Step | undefined {
      if (index < 0 || index >= length) return undefined;
      if (index === 0) return { is: 'backfill-begins' };
      if (index === length - 1) return { is: 'backfill-ends' };
      const group = Math.floor((index - 1) / steps);
      const number = group * batches + ((index - 1) % steps);
      const isLast = (index - 1) % steps === batches || index === length - 2;
      if (isLast) return { is: 'checkpoint' };
      const from = number * batch;
      const documents = generateDocuments(from, Math.min(batch, count - from), options);
      return { is: 'documents', documents };
    },
  };
}

const longestBytes = 512;

function writeDocument(out: Buffer, start: number, id: number, seed: number): number {
  const a = mix32(id ^ mix32(seed));
  const b = mix32(a ^ 0x9e3779b9);
  let at = start;
  at += out.write(`{"id":${id},"big":${9_000_000_000 + id}${pad(b % 1_000_000_000)}`, at, 'latin1');
  at += out.write(`,"price":${a % 100_000}.${cents[b % 100]}`, at, 'latin1');
  at += out.write((a & 1) === 0 ? ',"paid":true' : ',"paid":false', at, 'latin1');
  at += out.write(`,"at":"20${cents[a % 30]}-0${1 + (b % 9)}-1${a % 10}T0${b % 10}:`, at, 'latin1');
  at += out.write(`${1 + (a % 5)}${b % 10}:00Z","note":`, at, 'latin1');
  at += notes[(b >>> 8) % notes.length]?.copy(out, at) ?? 0;
  at += tags[(a >>> 8) % tags.length]?.copy(out, at) ?? 0;
  at += out.write(`${10_000 + (b % 80_000)}}}\n`, at, 'latin1');
  return at;
}

const pad = (number: number) => String(number).padStart(9, '0');
const cents = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));
const encoded = (values: readonly unknown[]) =>
  values.map((value) => Buffer.from(JSON.stringify(value)));
const notes = encoded([
  null,
  'delivered',
  'left with the neighbours at number 12, as it rained and nobody was at home that day',
  'says "thanks", twice',
  'Grüße aus Zürich – 谢谢 🚢',
  'first line\nsecond line\tafter a tab',
  'back\\slash',
  '',
]);
const tags = [['new'], [], ['a', 'b', 'c'], ['gift', 'say "hi"']].flatMap((list) =>
  ['Basel', 'København', '東京'].map((city) =>
    Buffer.from(`,"tags":${JSON.stringify(list)},"place":{"city":"${city}","zip":`),
  ),
);
