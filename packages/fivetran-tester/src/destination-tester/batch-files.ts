import { createCipheriv, randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { create } from '@bufbuild/protobuf';
import {
  Compression,
  Encryption,
  FileParamsSchema,
  type FileParams,
} from '@fairlead/host-fivetran/protocol';
import type { ColumnType } from '../warehouse/column-type.ts';
import { fieldText, type Field, type FieldWords } from './field-text.ts';
import { packZstd } from './zstd.ts';

/** A row by the names of its columns; one that is missing is null. */
export type FieldRow = ReadonlyMap<string, Field>;

export interface BatchFileOptions {
  /** Files that anybody can read: neither compressed nor encrypted. */
  readonly plainText?: boolean;
  /** The most bytes of CSV in a file; 100 MB unless given, as Fivetran has it. */
  readonly fileBytes?: number;
}

/** Writes rows into files as Fivetran does. Disposing removes the files. */
export class BatchFiles implements AsyncDisposable {
  /** By path; none where nothing is encrypted. */
  readonly keys: Record<string, Uint8Array> = {};
  readonly params: FileParams;
  readonly #folder: string;
  readonly #options: BatchFileOptions;
  readonly #words: FieldWords;
  readonly #paths: string[] = [];

  constructor(folder: string, options: BatchFileOptions = {}) {
    this.#folder = folder;
    this.#options = options;
    const word = () => randomBytes(12).toString('hex');
    this.#words = { nullText: `null-${word()}`, unmodifiedText: `unmod-${word()}` };
    this.params = create(FileParamsSchema, {
      compression: options.plainText === true ? Compression.OFF : Compression.ZSTD,
      encryption: options.plainText === true ? Encryption.NONE : Encryption.AES,
      nullString: this.#words.nullText,
      unmodifiedString: this.#words.unmodifiedText,
    });
  }

  /** The paths of new files with the rows, whose columns are in no order that means anything. */
  async write(
    name: string,
    columns: ReadonlyMap<string, ColumnType>,
    rows: readonly FieldRow[],
  ): Promise<readonly string[]> {
    const { fileBytes = 100_000_000 } = this.#options;
    const ordered = [...columns].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const header = `${ordered.map(([column]) => `"${column.replaceAll('"', '""')}"`).join(',')}\n`;
    const paths: string[] = [];
    let lines: string[] = [];
    let size = header.length;
    const finish = async () => {
      if (lines.length > 0) paths.push(await this.#file(name, header + lines.join('')));
      lines = [];
      size = header.length;
    };
    for (const row of rows) {
      const fields = ordered.map(([column, type]) => fieldText(row.get(column), type, this.#words));
      const line = `${fields.join(',')}\n`;
      const lineBytes = Buffer.byteLength(line);
      if (size + lineBytes > fileBytes) await finish();
      lines.push(line);
      size += lineBytes;
    }
    await finish();
    return paths;
  }

  async #file(name: string, text: string): Promise<string> {
    const number = this.#paths.length + 1;
    const plain = this.#options.plainText === true;
    const path = join(this.#folder, `${name}-${number}.csv${plain ? '' : '.zst.aes'}`);
    this.#paths.push(path);
    if (plain) {
      await writeFile(path, text);
      return path;
    }
    const packed = await packZstd(Buffer.from(text));
    const [key, vector] = [randomBytes(32), randomBytes(16)];
    const cipher = createCipheriv('aes-256-cbc', key, vector);
    await writeFile(path, Buffer.concat([vector, cipher.update(packed), cipher.final()]));
    this.keys[path] = key;
    return path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const path of this.#paths) await rm(path, { force: true });
  }
}
