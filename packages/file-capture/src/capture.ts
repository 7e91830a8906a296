import {
  interleave,
  sleepFor,
  type KeyRange,
  type Log,
  type SourceEvent,
  type SourceState,
} from '@fairlead/sdk';
import { CursorState, type FileCursor } from './cursor.ts';
import type { FileSettings } from './settings.ts';
import type { FileStore } from './store.ts';
import { sweep } from './sweep.ts';

/** A stream of files that a user chose. */
export interface FileBinding {
  readonly stream: string;
  readonly stateKey: string;
  /** Lists the files of this stream only. */
  readonly store: FileStore;
  readonly settings: FileSettings;
}

export interface FileCapture {
  readonly bindings: readonly FileBinding[];
  readonly state: SourceState<FileCursor, unknown>;
  readonly until: 'caught-up' | 'forever';
  readonly range: KeyRange;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** How long to wait between sweeps, when files are read forever. */
  readonly intervalMs: number;
  /** Streams that are read at the same time. More of them help where opening a file takes long. */
  readonly concurrency?: number;
  /** Resolves after some time; rejects when the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * The events of `pull` for a source of files: a sweep of every stream, and again after each interval
 * when files are read forever. A stream that fails is left out from then on.
 */
export async function* captureFiles(
  capture: FileCapture,
): AsyncGenerator<SourceEvent, void, undefined> {
  const { range, signal, wait = sleepFor } = capture;
  const sweeps = capture.bindings.map(({ stream, stateKey, store, settings }, binding) => {
    const cursor = new CursorState(capture.state.bindings[stateKey]);
    const log = capture.log.with({ stream });
    return { binding, stateKey, store, settings, cursor, range, signal, log };
  });
  const failed = new Set<number>();
  for (;;) {
    const left = sweeps.filter(({ binding }) => !failed.has(binding));
    const events = interleave(
      left.map((request) => ({ binding: request.binding, events: sweep(request) })),
      { concurrency: capture.concurrency ?? 1, signal },
    );
    for await (const event of events) {
      if (event.is === 'failed') failed.add(event.binding);
      yield event;
    }
    if (capture.until === 'caught-up' || failed.size === sweeps.length) return;
    await wait(capture.intervalMs, signal);
  }
}
