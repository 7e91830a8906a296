import { expect, test } from 'vitest';
import { sleepFor } from './sleep.ts';

test('a wait ends with the reason of an abort', async () => {
  const abort = new AbortController();
  const reason = new Error('enough');
  const sleeping = sleepFor(1e6, abort.signal);
  abort.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(sleepFor(1e6, abort.signal)).rejects.toBe(reason);
});

test('a wait that nobody ends is done', async () => {
  await expect(sleepFor(1, new AbortController().signal)).resolves.toBeUndefined();
});
