import { type ConnectedSource, Failure, type Scope, wholeRange } from '@fairlead/sdk';

/** What can be tested with the settings of a source, as Fivetran shows it. */
export const sourceTests = [
  { name: 'connect', label: 'Connecting with these settings' },
  { name: 'read', label: 'Reading from the first table' },
] as const;

/**
 * Makes one of the {@link sourceTests}.
 * @throws {Failure} for what does not work.
 */
export async function testSource(
  connected: ConnectedSource,
  name: string,
  scope: Omit<Scope, 'config'>,
): Promise<void> {
  if (name === 'connect') return await connected.check(scope);
  if (name === 'read') return await read(connected, scope);
  const known = sourceTests.map((test) => test.name).join(', ');
  throw new Failure('config', `there is no test ${name}`, { hint: `There are: ${known}.` });
}

/** How long the first row is waited for; that much without a failure is good enough. */
const patienceMs = 60_000;

/** Reads the first row of the first stream, if there is one. */
async function read(connected: ConnectedSource, scope: Omit<Scope, 'config'>): Promise<void> {
  const [first] = await connected.discover(scope);
  if (first === undefined) throw new Failure('config', 'the source offers no tables');
  const { name: stream, resource } = first;
  const leaving = new AbortController();
  const timer = setTimeout(() => leaving.abort(new Error('the test is over')), patienceMs);
  const signal = AbortSignal.any([scope.signal, leaving.signal]);
  const events = connected.pull({
    bindings: [{ stream, resource, stateKey: stream }],
    state: { bindings: {} },
    until: 'caught-up',
    range: wholeRange,
    wanted: 1,
    signal,
    log: scope.log,
  });
  try {
    for await (const event of events) {
      if (event.is === 'failed') throw event.failure;
      if (event.is !== 'documents') continue;
      event.release?.();
      // Leaving the loop closes the source, which may be waiting for something.
      leaving.abort(new Error('the test is over'));
      return;
    }
  } catch (error) {
    if (!leaving.signal.aborted || scope.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}
