import { FqlPageReader, PageReader, type Page, type PageOptions } from '../page.ts';

/** The answer of v4 with these elements, and after them a cursor. */
export function pageOf(elements: readonly string[], after?: string): Uint8Array {
  const cursor = after === undefined ? '' : `"after":${after},`;
  return Buffer.from(`{"resource":{${cursor}"data":[${elements.join(',')}]}}`);
}

/** The answer of v10 with these elements, and after them a cursor. */
export function fqlPageOf(elements: readonly string[], after?: string): Uint8Array {
  const cursor = after === undefined ? '' : `,"after":${after}`;
  const set = `{"@set":{"data":[${elements.join(',')}]${cursor}}}`;
  return Buffer.from(`{"data":${set},"txn_ts":1700000000000000,"summary":"","stats":{"x":1}}`);
}

/** The lines of a page, without their line breaks. */
export function linesOf({ lines, ends }: Page): string[] {
  return Array.from(ends, (end, i) => {
    const line = Buffer.from(lines.subarray(ends[i - 1] ?? 0, end)).toString();
    if (!line.endsWith('\n')) throw new Error('a line without a line break');
    return line.slice(0, -1);
  });
}

/** The refs of a page. */
export function refsOf({ lines, refs, count }: Page): string[] {
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(lines.subarray(refs[2 * i], refs[2 * i + 1])).toString(),
  );
}

/** What a value of v4 is in a row. */
export function rowValue(value: string, options?: PageOptions): string {
  return valueOf(new PageReader(options).read(pageOf([rowOf(value)])));
}

/** What a value of v10 is in a row. */
export function fqlRowValue(value: string, options?: PageOptions): string {
  return valueOf(new FqlPageReader(options).read(fqlPageOf([rowOf(value)])));
}

function rowOf(value: string): string {
  return `{"ref":"1","ts":1,"data":${value}}`;
}

function valueOf(page: Page): string {
  const start = '{"ref":"1","ts":1,"data":';
  const [line = ''] = linesOf(page);
  if (!line.startsWith(start)) throw new Error(line);
  return line.slice(start.length, -1);
}
