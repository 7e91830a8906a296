import type { RunStatus } from '@fairlead/runtime';
import type { Log } from '@fairlead/sdk';
import type { Display } from './environment.ts';
import { measure, newMeter, type Meter } from './meter.ts';
import { progressFields, renderProgress } from './render-progress.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressOptions {
  readonly status: RunStatus;
  readonly display: Display;
  readonly terminal: Terminal;
  readonly log: Log;
  readonly quiet: boolean;
}

/** Ten frames a second look alive; more only cost. */
const frameMs = 100;

/** How often a line is written where no frames can be. */
const lineMs = 10_000;

/**
 * Shows how a run goes on, until it is disposed: as a frame that is drawn again and again for a
 * person, elsewhere as log lines when a stream begins and ends and now and then between.
 */
export function showProgress(options: ProgressOptions): Disposable {
  if (options.quiet) return { [Symbol.dispose]() {} };
  return options.display.interactive ? drawFrames(options) : writeLines(options);
}

function drawFrames({ status, display, terminal }: ProgressOptions): Disposable {
  let meter = newMeter();
  const timer = setInterval(() => {
    meter = measure(meter, status, Date.now());
    terminal.frame(renderProgress(status, meter, frameOf(display)));
  }, frameMs);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      terminal.frame([]);
    },
  };
}

function frameOf(display: Display) {
  return {
    nowMs: Date.now(),
    columns: display.columns(),
    rows: display.rows(),
    color: display.color,
    unicode: display.unicode,
  };
}

function writeLines({ status, log }: ProgressOptions): Disposable {
  let meter = newMeter();
  const phases = new Map<string, string>();
  let lastMs = Date.now();
  const look = () => {
    const nowMs = Date.now();
    meter = measure(meter, status, nowMs);
    writeTurns(status, phases, log);
    if (nowMs - lastMs < lineMs) return;
    lastMs = nowMs;
    writeStandings(status, meter, log);
  };
  const timer = setInterval(look, frameMs);
  timer.unref();
  return {
    [Symbol.dispose]() {
      clearInterval(timer);
      writeTurns(status, phases, log);
    },
  };
}

/** A line for each stream that has begun or ended since the last look. */
function writeTurns(status: RunStatus, phases: Map<string, string>, log: Log): void {
  for (const { stream, phase, stored } of status.streams) {
    const before = phases.get(stream) ?? 'waiting';
    phases.set(stream, phase);
    if (phase === before || phase === 'failed') continue;
    if (phase === 'reading') log.info('reading', { stream });
    if (phase === 'caught up' && stored.documents > 0) {
      log.info('caught up', { stream, rows: stored.documents, bytes: stored.bytes });
    }
  }
}

function writeStandings(status: RunStatus, meter: Meter, log: Log): void {
  for (const stream of status.streams) {
    if (stream.phase === 'reading') log.info('progress', progressFields(stream, meter));
  }
}
