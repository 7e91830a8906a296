/** What the first bytes of a file say that it is. */
export type Content =
  | { readonly is: 'gzip' }
  /** Nothing that announces itself: text, or one of the formats that are read. */
  | { readonly is: 'other' }
  /** A known format that cannot be read, as in "a Parquet file". */
  | { readonly is: 'unsupported'; readonly name: string };

/** How many bytes {@link recogniseContent} looks at. */
export const magicBytes = 512;

/** Recognises formats that announce themselves, from the first {@link magicBytes} of a file. */
export function recogniseContent(head: Uint8Array): Content {
  const text = Buffer.from(head.subarray(0, magicBytes)).toString('latin1');
  if (text.startsWith('\x1f\x8b')) return { is: 'gzip' };
  // A text may begin with the letters of a magic number.
  const binary = /[^\t-\r -\xff]/.test(text);
  const known = signatures.find(
    ({ at = 0, magic }) => text.startsWith(magic, at) && (binary || !/^\w+$/.test(magic)),
  );
  if (known !== undefined) return { is: 'unsupported', name: known.name };
  const markup = /^(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype\s+html|html)\b/i.exec(text);
  if (markup !== null) {
    return {
      is: 'unsupported',
      name: /html$/i.test(markup[0]) ? 'an HTML page' : 'an XML file',
    };
  }
  return { is: 'other' };
}

const signatures: readonly { at?: number; magic: string; name: string }[] = [
  { magic: 'PK\x03\x04', name: 'a zip archive or an Excel workbook' },
  { magic: 'PK\x05\x06', name: 'an empty zip archive' },
  { magic: '\x28\xb5\x2f\xfd', name: 'a zstd file' },
  { at: 4, magic: '1AY&SY', name: 'a bzip2 file' },
  { magic: '\xfd7zXZ\x00', name: 'an xz file' },
  { magic: '7z\xbc\xaf\x27\x1c', name: 'a 7-Zip archive' },
  { magic: '\x04\x22\x4d\x18', name: 'an lz4 file' },
  { magic: '\xff\x06\x00\x00sNaPpY', name: 'a snappy file' },
  { at: 257, magic: 'ustar', name: 'a tar archive' },
  { magic: 'PAR1', name: 'a Parquet file' },
  { magic: 'PARE', name: 'an encrypted Parquet file' },
  { magic: 'Obj\x01', name: 'an Avro file' },
  { magic: 'ORC', name: 'an ORC file' },
  { magic: 'ARROW1', name: 'an Arrow file' },
  { magic: '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', name: 'an old Excel or Word file' },
  { magic: '%PDF-', name: 'a PDF' },
  { magic: 'SQLite format 3\x00', name: 'a SQLite database' },
  { at: 8, magic: 'DUCK', name: 'a DuckDB database' },
  { magic: '\x89PNG', name: 'a PNG picture' },
  { magic: '\xff\xd8\xff', name: 'a JPEG picture' },
  { magic: '\x7fELF', name: 'an executable' },
];
