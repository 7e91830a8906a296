import { Failure } from '@fairlead/sdk';
import { gunzip } from './gunzip.ts';
import { magicBytes, recogniseContent } from './magic.ts';
import { peek } from './peek.ts';

/** How a file is compressed, or `auto` to ask its content. */
export type CompressionSetting = 'auto' | 'gzip' | 'none';

export interface Decompressed {
  readonly compression: 'gzip' | 'none';
  /** The decompressed bytes. Closing it closes the file's chunks. */
  readonly chunks: AsyncIterableIterator<Uint8Array>;
}

/**
 * The bytes of a file without compression, which is recognised by content and not by name.
 * @throws {Failure} config for content that is known and not supported, or not what the setting
 * says; data, while reading, for a file that is damaged or cut off.
 */
export async function decompress(
  chunks: AsyncIterable<Uint8Array>,
  { setting, path }: { readonly setting: CompressionSetting; readonly path: string },
): Promise<Decompressed> {
  const outer = await peek(chunks, magicBytes);
  const content = recogniseContent(outer.head);
  if (content.is === 'unsupported' && setting !== 'none') throw unsupported(path, content.name);
  if (setting === 'gzip' && content.is !== 'gzip' && outer.head.length > 0) {
    throw new Failure('config', 'the file is not compressed with gzip', {
      where: path,
      hint: 'Set compression to auto.',
    });
  }
  if (content.is !== 'gzip' || setting === 'none') {
    return { compression: 'none', chunks: outer.chunks };
  }
  const inner = await peek(gunzip(outer.chunks, path), magicBytes);
  const packed = recogniseContent(inner.head);
  if (packed.is === 'other') return { compression: 'gzip', chunks: inner.chunks };
  await inner.chunks.return?.();
  throw unsupported(path, packed.is === 'gzip' ? 'compressed twice' : packed.name);
}

function unsupported(path: string, what: string): Failure {
  return new Failure('config', `the file is ${what}, which this version does not read`, {
    where: path,
    hint: 'Leave it out of the paths, or convert it to CSV or JSON lines.',
  });
}
