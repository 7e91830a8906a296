import { frozenClock, startFakeFauna, type FakeFaunaOptions } from '@fairlead/fake-fauna';
import { opened } from './opened.ts';

/** A fake whose clock stands still, and a client of it that waits no time. Disposing ends both. */
export async function openedFake(
  settings: Readonly<Record<string, unknown>> = {},
  options: FakeFaunaOptions = {},
) {
  const fake = await startFakeFauna({ clock: frozenClock(), ...options });
  const it = opened(fake.port, { secret: fake.secret, ...settings });
  return {
    ...it,
    fake,
    async [Symbol.asyncDispose]() {
      await it[Symbol.asyncDispose]();
      await fake.close();
    },
  };
}
