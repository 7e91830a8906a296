import { readdir } from 'node:fs/promises';

/**
 * Runs `body` and waits until nothing that it opened is open any more: sockets, timers, processes,
 * and files where the system can tell.
 *
 * @throws {Error} that names what stays open.
 */
export async function expectAllClosed<T>(body: () => Promise<T>): Promise<T> {
  const before = await openHandles();
  const result = await body();
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const left = await newHandles(before);
    if (left.length === 0) return result;
    if (performance.now() > deadline) throw new Error(`left open: ${left.join(', ')}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What is being closed may take some turns. */
const patienceMs = 3_000;

/** Kinds that come and go without anybody's doing. */
const passing = new Set(['Immediate', 'TickObject', 'FSReqPromise', 'FSReqCallback', 'TTYWrap']);

async function newHandles(before: ReadonlyMap<string, number>): Promise<string[]> {
  const more: string[] = [];
  for (const [kind, count] of await openHandles()) {
    const added = count - (before.get(kind) ?? 0);
    if (added > 0) more.push(`${added} × ${kind}`);
  }
  return more;
}

async function openHandles(): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!passing.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  counts.set('file descriptor', await countDescriptors());
  return counts;
}

/** Open files, sockets and pipes of this process; 0 where the system does not say. */
async function countDescriptors(): Promise<number> {
  try {
    return (await readdir('/proc/self/fd')).length;
  } catch {
    return 0;
  }
}
