/**
 * Moments at which something may happen. Named after a call: before it has done anything. `…ing`:
 * it is half done, where that can be seen. `…ed`: it is done, and the host does not know.
 */
export type CrashPoint =
  | 'connect'
  | 'plan'
  | 'apply'
  | 'open'
  | 'alter'
  | 'load'
  | 'store'
  | 'truncate'
  | 'commit'
  | 'committing'
  | 'committed'
  | 'acknowledge'
  | 'acknowledging'
  | 'acknowledged';

/** What {@link crashAt} throws. */
export class Crash extends Error {
  override readonly name = 'Crash';
}

/** For the option `at` of a memory destination: ends the connection when a point is reached the `count`-th time. */
export function crashAt(point: CrashPoint, count = 1): (reached: CrashPoint) => void {
  let left = count;
  return (reached) => {
    if (reached === point && --left === 0) throw new Crash(`crashed at ${point}`);
  };
}
