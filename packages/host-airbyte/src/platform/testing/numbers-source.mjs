// Counts up to `last` of its config, a state after every hundred, from where the last state was.
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const [verb, ...args] = process.argv.slice(2);
const file = (name) => JSON.parse(readFileSync(args[args.indexOf(`--${name}`) + 1], 'utf8'));
const say = (message) =>
  new Promise((resolve) => process.stdout.write(`${JSON.stringify(message)}\n`, resolve));
const { last, pauseMs = 0, fails = false } = file('config');
const stream_descriptor = { name: 'numbers' };
const status = (value) => ({
  type: 'TRACE',
  trace: {
    type: 'STREAM_STATUS',
    emitted_at: Date.now(),
    stream_status: { stream_descriptor, status: value },
  },
});

if (verb === 'check') {
  const bad = last < 0;
  const connectionStatus = bad
    ? { status: 'FAILED', message: 'There is nothing below zero.' }
    : { status: 'SUCCEEDED' };
  await say({ type: 'CONNECTION_STATUS', connectionStatus });
} else if (verb === 'discover') {
  const properties = { id: { type: 'integer' }, square: { type: 'integer' } };
  await say({
    type: 'CATALOG',
    catalog: {
      streams: [
        {
          name: 'numbers',
          json_schema: { type: 'object', properties },
          supported_sync_modes: ['full_refresh', 'incremental'],
          source_defined_cursor: true,
          default_cursor_field: ['id'],
          source_defined_primary_key: [['id']],
        },
      ],
    },
  });
} else {
  const [saved] = args.includes('--state') ? file('state') : [];
  await say(status('STARTED'));
  let at = saved?.stream.stream_state.at ?? 0;
  while (at < last) {
    const end = Math.min(at + 100, last);
    for (let id = at + 1; id <= end; id++) {
      const data = { id, square: id * id };
      await say({ type: 'RECORD', record: { stream: 'numbers', data, emitted_at: Date.now() } });
    }
    at = end;
    const stream = { stream_descriptor, stream_state: { at } };
    await say({ type: 'STATE', state: { type: 'STREAM', stream } });
    if (fails) break;
    await delay(pauseMs);
  }
  if (fails) {
    const error = { message: 'The numbers ran out.', failure_type: 'transient_error' };
    await say(status('INCOMPLETE'));
    await say({ type: 'TRACE', trace: { type: 'ERROR', emitted_at: Date.now(), error } });
    process.exitCode = 1;
  } else await say(status('COMPLETE'));
}
