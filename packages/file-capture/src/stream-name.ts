import { formatExtensions } from './detect-format.ts';

/**
 * The stream that a file belongs to, by nothing but its name: without folders, endings, and a date
 * or part number at the end, so that `2024/orders-2024-01.csv.gz` and `orders.part-00002.csv` both
 * belong to `orders`. Where nothing else is left, the stream is called `files`.
 */
export function streamName(path: string): string {
  let name = withoutEndings(path.slice(path.lastIndexOf('/') + 1));
  for (;;) {
    const shorter = name.replace(trailing, '');
    if (shorter === name) break;
    name = shorter;
  }
  return name === '' ? 'files' : name;
}

/** Without every ending that is known, or one that looks like one. */
function withoutEndings(base: string): string {
  let name = base;
  for (;;) {
    const dot = name.lastIndexOf('.');
    if (dot <= 0 || !known.has(name.slice(dot + 1).toLowerCase())) break;
    name = name.slice(0, dot);
  }
  return name === base ? base.replace(/(?<=.)\.[A-Za-z][A-Za-z0-9]{0,7}$/, '') : name;
}

const known: ReadonlySet<string> = new Set([
  ...formatExtensions,
  ...'gz gzip zip zst bz2 xz lz4 snappy'.split(' '),
  ...'txt log dat parquet avro orc xml xls xlsx'.split(' '),
]);

const separator = '(?:^|[-_. ]+)';
const year = '(?:19|20|21)\\d\\d';
const month = '(?:0[1-9]|1[0-2])';
const day = '(?:0[1-9]|[12]\\d|3[01])';
const time = '(?:[T_ -]?[012]\\d[-:.]?[0-5]\\d(?:[-:.]?[0-5]\\d)?(?:\\.\\d+)?Z?)?';
const date = `(?:${year}[-_.]${month}(?:[-_.]${day}${time})?|${year}${month}${day}${time})`;
const part = 'part[-_]?\\d+(?:-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?(?:[-_.]c\\d+)?';

/** A date or a part number at the end, with what separates it from the rest. */
const trailing = new RegExp(`${separator}(?:${date}|${part})$`, 'i');
