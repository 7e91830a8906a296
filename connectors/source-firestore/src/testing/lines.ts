import { ByteWriter } from '@fairlead/json';
import { expect } from 'vitest';
import { DocumentHeader } from '../wire/document-header.ts';
import { writeExactLine } from '../wire/exact-line.ts';
import { DocumentWriter } from '../wire/transcode.ts';

/** The line of a document, with its line break, which the kernel and the exact way agree on. */
export function linesOf(message: Uint8Array, isSnapshot = false): string {
  const header = new DocumentHeader();
  const writer = new DocumentWriter(64);
  // With bytes around it, as it is within a larger message.
  const bytes = Buffer.concat([Buffer.alloc(7, 0x12), message, Buffer.alloc(9, 0x0a)]);
  header.read(bytes, 7, 7 + message.length);
  writer.document(bytes, header, isSnapshot);
  const { bytes: lines, ends } = writer.take();
  expect([...ends]).toEqual([lines.length]);
  const line = Buffer.from(lines).toString();
  // What the kernel leaves to it, it could do alone.
  const out = new ByteWriter();
  writeExactLine(bytes, header, isSnapshot, out);
  expect(Buffer.from(out.view()).toString()).toBe(line);
  return line;
}
