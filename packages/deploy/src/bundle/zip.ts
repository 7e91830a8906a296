import { crc32, deflateRawSync } from 'node:zlib';
import type { BundleFile } from './bundle.ts';

/**
 * Files as a ZIP archive, always the same for the same files: without times, readable by all.
 * https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export function zip(files: readonly BundleFile[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { path, bytes } of files) {
    const name = Buffer.from(path);
    const packed = deflateRawSync(bytes, { level: 9 });
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0); // the version that is needed: 2.0
    about.writeUInt16LE(0x0800, 2); // names are UTF-8
    about.writeUInt16LE(8, 4); // deflated
    about.writeUInt16LE(0, 6);
    about.writeUInt16LE(0x21, 8); // 1 January 1980, the earliest day
    about.writeUInt32LE(crc32(bytes), 10);
    about.writeUInt32LE(packed.length, 14);
    about.writeUInt32LE(bytes.length, 18);
    about.writeUInt16LE(name.length, 22);
    const local = [signature(0x04034b50), about, name, packed];
    directory.push(...entry(about, name, offset));
    parts.push(...local);
    offset += local.reduce((sum, part) => sum + part.length, 0);
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(listed.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, listed, signature(0x06054b50), end]);
}

/** What the directory at the end says of a file. */
function entry(about: Buffer, name: Buffer, offset: number): readonly Buffer[] {
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(0x0314, 0); // Unix, 2.0
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(0o100644 * 0x10000, 6); // a file that all may read
  rest.writeUInt32LE(offset, 10);
  return [signature(0x02014b50), madeBy, about, rest, name];
}

function signature(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number, 0);
  return bytes;
}
