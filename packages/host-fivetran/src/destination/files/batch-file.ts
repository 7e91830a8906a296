import { basename } from 'node:path';
import { Failure } from '@fairlead/sdk';
import type { RowFile } from '@fairlead/sql-materialize';
import { Encryption, type FileParams } from '../../protocol/destination_sdk.gen.ts';
import { readCsv } from './csv-rows.ts';
import { fileBytes } from './file-bytes.ts';

/** What a request says of its files. */
export interface FileRequest {
  /** The key of each file, by its path. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly fileParams?: FileParams | undefined;
}

/** The batch files of these paths. `hasUnmodified` says whether values in them may stay as they are. */
export function batchFiles(
  paths: readonly string[],
  request: FileRequest,
  { hasUnmodified = false }: { readonly hasUnmodified?: boolean } = {},
): readonly RowFile[] {
  return paths.map((path) => ({
    name: basename(path),
    async open() {
      const { compression, key, nullText, unmodifiedText } = paramsOf(path, request);
      const bytes = fileBytes(path, { compression, ...(key === undefined ? {} : { key }) });
      const { columns, rows } = await readCsv(bytes, {
        nullText,
        ...(hasUnmodified && unmodifiedText !== '' ? { unmodifiedText } : {}),
      });
      return {
        columns,
        rows,
        async [Symbol.asyncDispose]() {
          await rows.return(undefined);
          await bytes.return(undefined);
        },
      };
    },
  }));
}

function paramsOf(path: string, { keys, fileParams }: FileRequest) {
  if (fileParams === undefined)
    throw new Failure('data', 'nothing is said of how files are packed');
  const { compression, encryption, nullString, unmodifiedString } = fileParams;
  const key = Object.hasOwn(keys, path) ? keys[path] : undefined;
  if (encryption === Encryption.AES && key === undefined) {
    throw new Failure('data', 'the file is encrypted, and its key was not sent');
  }
  if (encryption !== Encryption.AES && encryption !== Encryption.NONE) {
    throw new Failure('data', `files are encrypted in a way that is not known: ${encryption}`);
  }
  return {
    compression,
    key: encryption === Encryption.AES ? key : undefined,
    nullText: nullString,
    unmodifiedText: unmodifiedString,
  };
}
