/** The server's idea of the present, in microseconds since 1970. */
export interface Clock {
  now(): number;
  /** Moves the present by so many microseconds; back by a negative number. */
  advance(micros: number): void;
}

/** The machine's clock, from which `advance` may depart. */
export function systemClock(): Clock {
  let offset = 0;
  return {
    now: () => Math.floor((performance.timeOrigin + performance.now()) * 1000) + offset,
    advance(micros) {
      offset += Math.round(micros);
    },
  };
}

/** A clock that stands still at `start` until it is advanced. */
export function frozenClock(start: Date | number = Date.UTC(2026, 0, 1) * 1000): Clock {
  let at = typeof start === 'number' ? start : start.getTime() * 1000;
  return {
    now: () => at,
    advance(micros) {
      at += Math.round(micros);
    },
  };
}
