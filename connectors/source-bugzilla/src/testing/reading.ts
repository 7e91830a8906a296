import { emptyState, type SourceEvent, type SourceState } from '@fairlead/sdk';
import { linesOf, pull, stateAfter } from '@fairlead/testkit';
import { z } from 'zod';
import { bugzilla } from '../source.ts';
import type { TrackedBug, Tracker } from './tracker.ts';

const Row = z.object({
  id: z.int(),
  summary: z.string(),
  product: z.string(),
  last_change_time: z.string(),
});

/** A table of bugs that is filled run by run, as a destination does it. */
export class BugTable {
  /** What the last run has left. */
  state: SourceState = emptyState;
  readonly #rows = new Map<number, TrackedBug>();

  get rows(): readonly TrackedBug[] {
    return [...this.#rows.values()].toSorted((a, b) => a.id - b.id);
  }

  /**
   * Reads what there is, and returns the ids that came, in order. After so many events it is killed:
   * then what came after the last checkpoint is lost.
   */
  async run(settings: object, events = Number.POSITIVE_INFINITY): Promise<readonly number[]> {
    const ids: number[] = [];
    let open: SourceEvent[] = [];
    let count = 0;
    for await (const event of pull(bugzilla, settings, { state: this.state, streams: ['bugs'] })) {
      if (event.is === 'failed') throw event.failure;
      open.push(event);
      if (event.is === 'checkpoint') {
        const rows = linesOf(open).map((line) => Row.parse(JSON.parse(line)));
        for (const row of rows) this.#rows.set(row.id, row);
        ids.push(...rows.map(({ id }) => id));
        this.state = stateAfter(open, this.state);
        open = [];
      }
      if (++count >= events) break;
    }
    return ids;
  }
}

/** Settings with which a tracker is read, in small pages. */
export function settingsOf(tracker: Tracker, more: object = {}) {
  return { url: tracker.url, apiKey: 'good', pageSize: 3, ...more };
}
