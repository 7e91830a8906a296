import {
  createObserver,
  emptyShape,
  inferShape,
  mergeShapes,
  schemaOf,
  ValueClass,
  type JsonSchema,
  type Lines,
  type Shape,
} from '@fairlead/json';
import { isFailure, type Failure, type Log } from '@fairlead/sdk';
import { decodeFile, maxRecordBytes } from './decode-file.ts';
import { planFile, type PlanSettings } from './plan-file.ts';
import type { FileInfo, FileStore } from './store.ts';

export interface SampleRequest {
  readonly store: FileStore;
  /** All files of the stream, in order. */
  readonly files: readonly FileInfo[];
  readonly settings: PlanSettings;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** How much text of a file is looked at. */
  readonly sampleBytes?: number;
}

/** What a sample of a stream's files says about its documents. */
export interface StreamSample {
  readonly schema: JsonSchema;
  /** Whether types were guessed from text, in any of them. */
  readonly textual: boolean;
  /** What was wrong with the first file that could not be sampled. */
  readonly failure: Failure | undefined;
}

/**
 * What documents of a stream look like, from about 256 KiB of its first two files and of its last. Nothing is
 * required but the member that is added, since other records may lack what these have.
 */
export async function sampleStream(request: SampleRequest): Promise<StreamSample> {
  const { files, settings, log } = request;
  let shape: Shape = { ...emptyShape, classes: ValueClass.object, properties: new Map() };
  let textual = false;
  let failure: Failure | undefined;
  const filled = files.filter(({ sizeBytes }) => sizeBytes > 0);
  const chosen = new Set([...filled.slice(0, 2), ...filled.slice(-1)]);
  for (const file of chosen) {
    try {
      for await (const sample of sampleFile(request, file)) {
        textual ||= sample.textual;
        shape = mergeShapes(shape, sample.shape, { textual });
      }
    } catch (error) {
      if (!isFailure(error)) throw error;
      log.warn('file could not be sampled', { file: file.path, error: error.message });
      failure ??= error;
    }
  }
  const members = loosened(shape).properties ?? new Map<string, Shape>();
  const properties = settings.metadata === false ? members : withMember(settings.metadata, members);
  return { schema: schemaOf({ ...shape, properties }), textual, failure };
}

/** The shapes of the first batches of a file: of those before a bad record, too. */
async function* sampleFile(request: SampleRequest, file: FileInfo) {
  const { store, settings, signal, sampleBytes = 256 * 1024 } = request;
  await using opened = await store.open(file, { offset: 0, signal });
  const { plan, text } = await planFile(opened.chunks, file.path, settings);
  try {
    if (plan.format === undefined) return;
    const { textual } = plan.format;
    const decoder = plan.format.createDecoder({
      member: undefined,
      begins: 'file',
      inside: undefined,
      maxRecordBytes,
    });
    const start = { offset: 0, records: 0, path: file.path };
    for await (const batch of decodeFile({ chunks: text, decoder, ...start })) {
      yield { shape: shapeOfBatch(batch.lines), textual };
      if (batch.offset >= sampleBytes) break;
    }
  } finally {
    await text.return?.();
  }
}

/** One look at their outside is enough for documents whose members have none of their own. */
function shapeOfBatch(lines: Lines): Shape {
  const shape = createObserver().observe(lines).shape();
  const members = [...(shape.properties?.values() ?? [])];
  const isFlat = members.every(({ classes }) => (classes & nested) === 0);
  return isFlat && members.length <= mostMembers ? shape : inferShape(lines);
}

const nested = ValueClass.object | ValueClass.array;
/** Objects with more are better told as objects of any members. */
const mostMembers = 1000;

/** The shape of documents of which only some were seen. */
function loosened(shape: Shape): Shape {
  const { properties, items } = shape;
  return {
    ...shape,
    ...(items === undefined ? {} : { items: loosened(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: new Map(
            [...properties].map(([name, member]) => [
              name,
              { ...loosened(member), optional: true },
            ]),
          ),
        }),
  };
}

function withMember(name: string, members: ReadonlyMap<string, Shape>): Map<string, Shape> {
  const member: Shape = {
    ...emptyShape,
    classes: ValueClass.object,
    properties: new Map([
      ['file', { ...emptyShape, classes: ValueClass.string }],
      ['offset', { ...emptyShape, classes: ValueClass.safeInteger, integerDigits: 16 }],
    ]),
  };
  const others = [...members].filter(([other]) => other !== name);
  return new Map([[name, member], ...others]);
}
