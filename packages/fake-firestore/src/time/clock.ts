import type { Micros } from './micros.ts';

/** The server's idea of the present. It may stand still, jump and even go back: commit times grow nevertheless. */
export interface Clock {
  now(): Micros;
  /** Moves the present by milliseconds, back by a negative number. */
  advance(ms: number): void;
}

/** The machine's clock, from which `advance` may depart. */
export function systemClock(): Clock {
  let offset = 0;
  return {
    now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000) + offset,
    advance(ms) {
      offset += Math.round(ms * 1000);
    },
  };
}

/** A clock that stands still at `start` until it is advanced. */
export function frozenClock(start: Date = new Date('2026-01-01T00:00:00Z')): Clock {
  let at = start.getTime() * 1000;
  return {
    now: () => at,
    advance(ms) {
      at += Math.round(ms * 1000);
    },
  };
}
