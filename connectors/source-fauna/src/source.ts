import { within, type Scope, type Source } from '@fairlead/sdk';
import { faunaAddress } from './address.ts';
import { capture, type CaptureRequest } from './capture/capture.ts';
import { keysIn } from './capture/keys.ts';
import { checkFauna } from './check/check-fauna.ts';
import { failureOf } from './client/failure-of.ts';
import { openFauna, type Fauna, type FaunaSetup } from './client/fauna.ts';
import { streamsOf } from './discovery/streams-of.ts';
import { FaunaConfig, FaunaResource, streamSettings } from './settings.ts';
import { Cursor } from './state/cursor.ts';

/** The source, with clients that are set up otherwise. */
export function createFauna(
  setup: Omit<FaunaSetup, 'log'> & Pick<CaptureRequest, 'clock'> = {},
): Source<FaunaConfig, FaunaResource, Cursor> {
  async function opened<T>(
    { config, log }: Pick<Scope<FaunaConfig>, 'config' | 'log'>,
    use: (fauna: Fauna) => Promise<T>,
  ): Promise<T> {
    await using fauna = openFauna(config, { ...setup, log });
    return await use(fauna);
  }

  return {
    name: 'source-fauna',
    title: 'Fauna',
    config: FaunaConfig,
    resource: FaunaResource,
    cursor: Cursor,
    address: faunaAddress,
    streamSetting: 'collection',
    snapshots: true,

    check: (scope) => opened(scope, (fauna) => checkFauna(fauna, scope.config, scope)),

    discover: (scope) => opened(scope, (fauna) => streamsOf(fauna, scope.config, scope)),

    async *keys({ config, binding, signal, log }) {
      await using fauna = openFauna(config, { ...setup, log });
      const settings = streamSettings(config, binding.resource);
      try {
        yield* keysIn({ fauna, settings, signal, log });
      } catch (error) {
        signal.throwIfAborted();
        throw within(`collection ${settings.collection}`, failureOf(error, fauna.server));
      }
    },

    async *pull({ config, bindings, state, until, signal, log }) {
      await using fauna = openFauna(config, { ...setup, log });
      const cursors = state.bindings;
      const { sleep, clock } = setup;
      yield* capture({ fauna, config, bindings, cursors, until, signal, log, sleep, clock });
    },
  };
}

/** Fauna: collections as they are, as they change, and what was deleted. */
export const fauna = createFauna();
