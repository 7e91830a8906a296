import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { startCommand } from '../testing/run-command.ts';

const script = fileURLToPath(new URL('../../test/airbyte/source-shop.js', import.meta.url));
const pipeline = (source: string) => `name: shop
source:
  ${source}
destination:
  box: { path: box.json }
`;
const tick = pipeline('tick: { rows: 2, streams: [orders] }');
const foreign = (fails: string) =>
  pipeline(
    `airbyte: { command: ${JSON.stringify([process.execPath, script])}, config: { token: tok-12345, ${fails} } }`,
  );

test('a sync runs both ends as programs, and the next one goes on', async () => {
  await using folder = await pipelineFolder({ 'pipeline.yaml': tick });
  const at = { folder: folder.path };
  expect(await callCommand(['airbyte-sync', '-q'], at)).toEqual({
    exitCode: 0,
    stdout: [
      'stream  read         written',
      'orders  incremental  append_dedup',
      '',
      'the state is in .fairlead/airbyte-shop.json',
      '',
    ].join('\n'),
    stderr: '',
  });
  const state = await folder.read('.fairlead/airbyte-shop.json');
  expect(JSON.parse(state)[0].stream.stream_state).toMatchObject({ cursor: 2 });
  const again = await callCommand(['airbyte-sync', '-q', '--json'], at);
  expect(JSON.parse(again.stdout)).toMatchObject({
    streams: [{ stream: 'orders', read: 'incremental', write: 'append_dedup' }],
    succeeded: true,
  });
  const { tables } = JSON.parse(await folder.read('box.json'));
  expect(tables.orders).toMatchObject([{ id: 1 }, { id: 2 }]);
});

test('a source that fails is told, without its secrets, and what was confirmed is kept', async () => {
  await using folder = await pipelineFolder({ 'pipeline.yaml': foreign('fails: passing') });
  const words = ['airbyte-sync', '-q', '--state', 'state.json'];
  const ended = await callCommand(words, { folder: folder.path });
  expect(ended.exitCode).toBe(4);
  const [customers] = JSON.parse(await folder.read('state.json'));
  expect(customers.stream.stream_state).toEqual({ done: 5 });
  expect(ended.stderr).toBe(
    'fairlead: source: Busy; try **** again. The next sync goes on from what the destination has confirmed.\n',
  );
});

test.each([
  [
    'settings that do not work',
    foreign('x: 1').replace('tok-12345', 'wrong-token'),
    {},
    2,
    'There is no token ****.',
  ],
  ['no stream', `${tick}streams: [none]\n`, {}, 2, 'no stream of the source is chosen'],
  [
    'a state of another kind',
    tick,
    { 'state.json': '{}' },
    6,
    'state.json: the file holds no state of a sync',
  ],
  ['a file that is not there', undefined, {}, 2, 'pipeline.yaml: there is no such file'],
])('%s ends it before anything is read', async (_what, text, files, exitCode, message) => {
  const all = { ...files, ...(text === undefined ? {} : { 'pipeline.yaml': text }) };
  await using folder = await pipelineFolder(all);
  const words = ['airbyte-sync', '-q', '--state', 'state.json'];
  const ended = await callCommand(words, { folder: folder.path });
  expect(ended).toMatchObject({ exitCode, stdout: '' });
  expect(ended.stderr).toContain(message);
});

test('an interruption ends both ends at once', async () => {
  const endless = tick.replace('rows: 2', 'rows: 99999, wait: 5ms');
  await using folder = await pipelineFolder({ 'pipeline.yaml': endless });
  await using command = startCommand(['airbyte-sync'], { folder: folder.path });
  await command.saw('backfill begins');
  command.process.kill('SIGINT');
  const { exitCode, stdout, stderr } = await command.ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: '' });
  expect(stderr).toMatch(/fairlead: interrupted\n$/);
});
