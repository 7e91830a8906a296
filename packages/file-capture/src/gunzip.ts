import { createGunzip, type Gunzip } from 'node:zlib';
import { Failure } from '@fairlead/sdk';

/** What zlib hands out at a time. Below 256 KiB it is markedly slower. */
const outputBytes = 1024 * 1024;

/**
 * The bytes of a gzip file: one member or several, then perhaps zeros as padding. Decompresses in
 * another thread, at most two chunks ahead of the consumer. Closing it closes `chunks`.
 * @throws {Failure} data for a file that is cut off, damaged, or followed by something else.
 */
export async function* gunzip(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  // It stops after each output until that is read: a higher mark would join outputs by copying.
  const options = { chunkSize: outputBytes, highWaterMark: 1 };
  const engine = createGunzip(options);
  const watch = watchEngine(engine);
  let fedBytes = 0;
  let padding = false;
  try {
    for await (const chunk of chunks) {
      if (!padding) {
        const done = watch.write(chunk);
        for (;;) {
          for (let out = watch.read(); out !== null; out = watch.read()) yield out;
          if (done() || watch.ended()) break;
          await watch.change();
        }
        // The engine ends at the first zero after a member, and ignores what follows.
        padding = engine.bytesWritten < fedBytes + chunk.length;
      }
      if (padding) checkPadding(chunk.subarray(Math.max(0, engine.bytesWritten - fedBytes)));
      fedBytes += chunk.length;
    }
    if (fedBytes === 0) return;
    engine.end();
    while (!watch.ended()) {
      for (let out = watch.read(); out !== null; out = watch.read()) yield out;
      if (!watch.ended()) await watch.change();
    }
  } catch (error) {
    throw explain(error, path);
  } finally {
    engine.destroy();
  }
}

/** The engine's events as something to wait for. */
function watchEngine(engine: Gunzip) {
  let wake = () => {};
  let ended = false;
  let failure: { readonly error: unknown } | undefined;
  engine.on('readable', () => wake());
  engine.on('end', () => {
    ended = true;
    wake();
  });
  engine.on('error', (error) => {
    failure = { error };
    wake();
  });
  return {
    ended: () => ended,
    /** Resolves at the next event. Nothing must be awaited between looking at the engine and this. */
    change: () => new Promise<void>((resolve) => (wake = resolve)),
    /** What is ready, or null. @throws what the engine failed with. */
    read(): Uint8Array | null {
      if (failure !== undefined) throw failure.error;
      return engine.read();
    },
    /** @returns whether the engine is done with the chunk by now. */
    write(chunk: Uint8Array): () => boolean {
      let written = false;
      engine.write(chunk, () => {
        written = true;
        wake();
      });
      return () => written;
    },
  };
}

class TrailingData extends Error {}

function checkPadding(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw new TrailingData();
}

function explain(error: unknown, path: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'Z_BUF_ERROR') {
    return new Failure('data', 'the gzip file is truncated', {
      where: path,
      hint: 'Copy it again from where it came.',
      cause: error,
    });
  }
  if (error instanceof TrailingData || code === 'Z_DATA_ERROR') {
    return new Failure('data', 'the gzip file is damaged, or has something else at its end', {
      where: path,
      hint: 'Test it with: gzip -t.',
      cause: error,
    });
  }
  return error;
}
