import { createCipheriv, randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { compress, init } from '@bokuweb/zstd-wasm';
import { create } from '@bufbuild/protobuf';
import {
  Compression,
  Encryption,
  type FileParams,
  FileParamsSchema,
} from '../../protocol/destination_sdk.gen.ts';

/** A value of a field: null and `unmodified` are spelled as the parameters of the files say. */
export type Field = string | null | typeof unmodifiedField;
export const unmodifiedField = Symbol('unmodified');

export const nullText = 'null-Kq"7, x';
const unmodifiedText = 'unmod-9fJ';

/** Packs text as Fivetran does, in files whose keys it keeps. */
export class BatchFileWriter {
  readonly keys: Record<string, Uint8Array> = {};
  readonly params: FileParams;
  readonly #folder: string;
  #count = 0;

  constructor(
    folder: string,
    { compression = Compression.ZSTD, encryption = Encryption.AES }: Partial<FileParams> = {},
  ) {
    this.#folder = folder;
    this.params = create(FileParamsSchema, {
      compression,
      encryption,
      nullString: nullText,
      unmodifiedString: unmodifiedText,
    });
  }

  /** @returns the path of a new file with these rows. */
  async rows(columns: readonly string[], rows: readonly (readonly Field[])[]): Promise<string> {
    const lines = [columns.map(quoted), ...rows.map((row) => row.map(fieldText))];
    return await this.text(lines.map((line) => `${line.join(',')}\n`).join(''));
  }

  /** @returns the path of a new file of this content. */
  async text(content: string | Uint8Array): Promise<string> {
    const path = `${this.#folder}/batch-${this.#count++}-${randomBytes(4).toString('hex')}.csv`;
    const packed = await pack(Buffer.from(content), this.params.compression);
    if (this.params.encryption === Encryption.NONE) {
      await writeFile(path, packed);
      return path;
    }
    const key = randomBytes(32);
    const vector = randomBytes(16);
    const cipher = createCipheriv('aes-256-cbc', key, vector);
    await writeFile(path, Buffer.concat([vector, cipher.update(packed), cipher.final()]));
    this.keys[path] = key;
    return path;
  }
}

/** Once: another time would lose its memory. */
const ready = init();

async function pack(content: Uint8Array, compression: Compression): Promise<Uint8Array> {
  if (compression === Compression.GZIP) return gzipSync(content);
  if (compression === Compression.OFF) return content;
  await ready;
  return compress(content, 3);
}

function fieldText(field: Field): string {
  if (field === null) return quoted(nullText);
  if (field === unmodifiedField) return unmodifiedText;
  return /^[-+\d.eE]+$|^(?:true|false)$/.test(field) ? field : quoted(field);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
