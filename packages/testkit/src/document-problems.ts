import {
  createObserver,
  extract,
  inferShape,
  type JsonSchema,
  type Lines,
  parsePointer,
  type Shape,
  shapeOf,
  validateJson,
} from '@fairlead/json';
import { type Documents, Op, selectDocuments, startOf, type StreamInfo } from '@fairlead/sdk';
import { shapeProblems } from './shape-problems.ts';

/** What is wrong with a batch of documents by itself: its ends, its operations, its JSON. */
export function batchProblems({ bytes, ends, ops, shape }: Documents): string[] {
  if (ends.length === 0) return ['a batch has no documents'];
  if (ends.at(-1) !== bytes.length) return ['a batch does not end with its last document'];
  if (ops !== undefined && ops.length !== ends.length) {
    return ['a batch does not have an operation for each document'];
  }
  if (ops?.some((op) => op > Op.delete) === true) return ['a batch has an unknown operation'];
  const problems: string[] = [];
  for (let index = 0; index < ends.length; index++) {
    const start = startOf({ bytes, ends }, index);
    const end = ends[index] ?? 0;
    const problem = lineProblem(bytes, start, end);
    if (problem !== undefined) problems.push(`document ${index} of a batch ${problem}`);
  }
  if (problems.length === 0 && shape !== undefined) {
    problems.push(...boundProblems({ bytes, ends }, shape));
  }
  return problems;
}

function boundProblems(lines: Lines, shape: Shape): string[] {
  const observer = createObserver();
  observer.accept(shape);
  const { misfits, duplicate } = observer.observe(lines);
  const problems = [...misfits].map(
    (index) => `document ${index} of a batch is outside of its shape`,
  );
  if (duplicate >= 0)
    problems.push(`document ${duplicate} of a batch with a shape has a field twice`);
  return problems;
}

function lineProblem(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (end <= start) return 'ends before it begins';
  if (bytes[end - 1] !== newline) return 'does not end with a line break';
  if (bytes.subarray(start, end - 1).includes(newline)) return 'is on more than one line';
  if (bytes[start] !== openBrace) return 'is no object';
  const fault = validateJson(bytes, start, end);
  return fault === undefined ? undefined : `is no JSON: ${fault.reason}`;
}

/** Where documents of a stream, which are valid by themselves, are not as the stream was described. */
export function streamProblems(
  documents: Documents,
  { key, textual }: Pick<StreamInfo, 'key' | 'textual'>,
  schema: JsonSchema,
): string[] {
  const problems: string[] = [];
  for (const pointer of key) {
    const path = parsePointer(pointer);
    for (let index = 0; index < documents.ends.length; index++) {
      const start = startOf(documents, index);
      const end = documents.ends[index] ?? 0;
      const found = extract(documents.bytes, start, end, path);
      if (found === undefined) problems.push(`document ${index} of a batch has no key ${pointer}`);
      else if (documents.bytes[found.start] === letterN) {
        problems.push(`document ${index} of a batch has null for the key ${pointer}`);
      }
    }
  }
  const accepted = shapeOf(schema);
  const isWhole = (index: number) => (documents.ops?.[index] ?? Op.upsert) <= Op.insert;
  const options = textual === true ? { textual } : {};
  const whole = selectDocuments(documents, isWhole);
  if (whole.ends.length > 0) {
    problems.push(...shapeProblems(accepted, inferShape(whole), options));
  }
  const parts = selectDocuments(documents, (index) => !isWhole(index));
  if (parts.ends.length > 0) {
    problems.push(...shapeProblems(accepted, inferShape(parts), { ...options, partial: true }));
  }
  return problems;
}

const newline = 0x0a;
const openBrace = 0x7b;
const letterN = 0x6e;
