// A source of Airbyte that owes nothing to Fairlead: a log of customers with changes and deletes, and
// prices that are read whole each time. It is talkative, also about its token.
import { readFileSync } from 'node:fs';

const [verb, ...args] = process.argv.slice(2);
const file = (name) => {
  const at = args.indexOf(`--${name}`);
  return at < 0 ? undefined : JSON.parse(readFileSync(args[at + 1], 'utf8'));
};
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const log = (message) => say({ type: 'LOG', log: { level: 'INFO', message } });
const fail = (message, failure_type) => {
  const error = { message, failure_type, internal_message: message };
  say({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: Date.now(), error } });
  process.exitCode = 1;
};

const text = { type: ['null', 'string'] };
const catalog = {
  streams: [
    {
      name: 'customers',
      namespace: 'public',
      json_schema: {
        type: 'object',
        properties: {
          id: { type: 'integer' },
          name: text,
          balance: { type: 'number' },
          born: { type: ['null', 'string'], format: 'date' },
          seen: {
            type: ['null', 'string'],
            format: 'date-time',
            airbyte_type: 'timestamp_with_timezone',
          },
          tags: { type: ['null', 'array'], items: { type: 'string' } },
          _ab_cdc_deleted_at: { ...text, format: 'date-time' },
        },
      },
      supported_sync_modes: ['full_refresh', 'incremental'],
      source_defined_cursor: true,
      source_defined_primary_key: [['id']],
    },
    {
      name: 'prices',
      json_schema: {
        type: 'object',
        properties: { product: { type: 'string' }, price: { type: 'number' } },
      },
      supported_sync_modes: ['full_refresh'],
    },
  ],
};

/** What happens to customers, one after another; a sync sees what comes after its state. */
const changes = [
  { id: 1, name: 'Ada', balance: '@12345678901234567.25', born: '1815-12-10', tags: ['a', 'b'] },
  { id: 2, name: 'Bob', balance: 0, seen: '2026-01-02T03:04:05+01:00', _ab_cdc_deleted_at: null },
  { id: 3, name: '"_ab_cdc_deleted_at":"no"', balance: 1 },
  { id: 2, _ab_cdc_deleted_at: '2026-02-03T04:05:06Z' },
  { id: 1, name: 'Ada L.', balance: 7 },
];

function read({ token, upTo = changes.length, fails }) {
  const wanted = file('catalog').streams.map(({ stream }) => stream.name);
  log(`reading with ${token}`);
  process.stdout.write('a library prints what it likes\n');
  if (wanted.includes('customers')) readCustomers(upTo);
  if (fails === 'config') return fail(`The token ${token} has expired.`, 'config_error');
  if (fails === 'passing') return fail(`Busy; try ${token} again.`, 'transient_error');
  if (fails === 'silently') {
    process.stderr.write(`Traceback\nKeyError: ${token}\n`);
    process.exitCode = 7;
    return;
  }
  if (wanted.includes('prices')) {
    for (const [product, price] of Object.entries({ tea: 2.5, jam: 3 })) {
      record('prices', undefined, { product, price });
    }
  }
}

function readCustomers(upTo) {
  const before = (file('state') ?? []).find(
    ({ stream }) => stream?.stream_descriptor?.name === 'customers',
  );
  const from = before?.stream.stream_state.done ?? 0;
  for (const data of changes.slice(from, upTo)) record('customers', 'public', data);
  const stream_descriptor = { name: 'customers', namespace: 'public' };
  const stream = { stream_descriptor, stream_state: { done: upTo } };
  say({ type: 'STATE', state: { type: 'STREAM', stream } });
}

function record(stream, namespace, data) {
  // JavaScript has no number with so many digits.
  const exact = JSON.stringify(data).replace(/"@([\d.]+)"/, '$1');
  const place = JSON.stringify({ stream, namespace, emitted_at: Date.now() }).slice(0, -1);
  process.stdout.write(`{"type":"RECORD","record":${place},"data":${exact}}}\n`);
}

const secret = { type: 'string', airbyte_secret: true };
const login = { type: 'object', oneOf: [{ properties: { password: secret } }] };

if (verb === 'spec') {
  const properties = { token: secret, login, upTo: { type: 'integer' }, fails: { type: 'string' } };
  say({ type: 'SPEC', spec: { connectionSpecification: { type: 'object', properties } } });
} else {
  const config = file('config');
  if (verb === 'discover') say({ type: 'CATALOG', catalog });
  else if (verb === 'read') read(config);
  else if (config.token === 'wrong-token') {
    const connectionStatus = { status: 'FAILED', message: `There is no token ${config.token}.` };
    say({ type: 'CONNECTION_STATUS', connectionStatus });
  } else {
    log(`signed in with ${config.token} and ${config.login?.password}`);
    say({ type: 'CONNECTION_STATUS', connectionStatus: { status: 'SUCCEEDED' } });
  }
}
