import { setTimeout as delay } from 'node:timers/promises';
import { duration, encodeDocuments, Failure, secret, source, stream } from '@fairlead/sdk';
import { z } from 'zod';

const Config = z.object({
  streams: z
    .array(z.string())
    .default(['orders', 'customers'])
    .meta({ title: 'Streams', description: 'The streams that you want.' }),
  rows: z.int().default(3).meta({ title: 'Rows', description: 'Rows of each stream.' }),
  wait: duration('Wait', 'How long you wait before each row.').default(0),
  loud: z.boolean().default(false).meta({ title: 'Loud', description: 'Whether it logs.' }),
  stuck: z
    .boolean()
    .default(false)
    .meta({ title: 'Stuck', description: 'Whether it waits for ever after one row.' }),
  stray: z
    .boolean()
    .default(false)
    .meta({ title: 'Stray', description: 'Whether it drops an error and waits.' }),
  billed: z
    .boolean()
    .default(false)
    .meta({ title: 'Billed', description: 'Whether you pay for each row.' }),
  fail: z
    .enum(['access', 'transient', 'data', 'state', 'bug'])
    .optional()
    .meta({ title: 'Fail', description: 'How the first call fails.' }),
  failStream: z
    .string()
    .optional()
    .meta({ title: 'Fail Stream', description: 'The stream that fails.' }),
  token: secret('Token', 'A token, which you keep to yourself.').optional(),
});

const Row = z.object({ id: z.int(), name: z.string() });

/** Streams are known only with the settings, so there is one of every name a test uses. */
const names = ['orders', 'customers', 'orders_old', 'notes', 'big\u001b[31m'];

const streams = names.map((name) =>
  stream(Config, {
    name,
    key: ['id'],
    document: Row,
    cursor: z.int().default(0),
    async *read({ config, cursor, signal }) {
      if (config.failStream === name) {
        throw new Failure('data', 'a row is torn', { where: `stream ${name}, row 1` });
      }
      for (let id = cursor + 1; id <= config.rows; id++) {
        if (config.wait > 0) await delay(config.wait, undefined, { signal });
        yield { documents: [{ id, name: `${name} ${id}` }], cursor: id };
      }
    },
  }),
);

const all = source({
  name: 'source-tick',
  title: 'Tick',
  config: Config,
  streams,
  intervalMs: 20,
  address: {
    schemes: ['tick'],
    parse: (address) => ({ streams: address.replace(/^tick:/i, '').split(',') }),
  },
  async check({ config, log, signal }) {
    if (config.stray) {
      setImmediate(() => {
        throw new Error('astray');
      });
      await delay(3_600_000, undefined, { signal });
    }
    if (config.loud) log.info('looked around', { rowCount: config.rows });
    refuse(config);
  },
});

export const connector = {
  ...all,
  async discover(scope) {
    refuse(scope.config);
    const offered = await all.discover(scope);
    return offered.filter(({ name }) => scope.config.streams.includes(name));
  },
  async estimate({ config, bindings, state }) {
    if (!config.billed) return undefined;
    const left = bindings.map(({ stateKey }) => config.rows - (state.bindings[stateKey] ?? 0));
    const price = { currency: 'USD', amount: 1.5, basis: 'list price of $0.25 a row' };
    return { unit: 'row reads', bindings: left, overhead: 1, price };
  },
  pull: (request) => (request.config.stuck ? stuck(request) : all.pull(request)),
};

async function* stuck({ signal }) {
  yield { is: 'backfill-begins', binding: 0 };
  yield { is: 'documents', binding: 0, documents: encodeDocuments([{ id: 1, name: 'first' }]) };
  await delay(3_600_000, undefined, { signal });
}

function refuse({ fail }) {
  if (fail === undefined) return;
  if (fail === 'bug') throw new TypeError('undefined is not a clock');
  throw new Failure(fail, 'the clock is out of reach', { hint: 'Wind it up.' });
}
