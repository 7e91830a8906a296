import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { runCommand } from '../testing/run-command.ts';

const collections = (resource: string) => `collections:
  acmeCo/orders:
    key: [/id]
    schema: { type: object, required: [id], properties: { id: { type: integer } } }
    resource: ${resource}
`;
const fixture = '["acmeCo/orders",{"id":1}]\n{"commit":true}\n["acmeCo/orders",{"id":2}]\n';
const drive = [
  'flow-drive',
  'box',
  '-q',
  '--config',
  '{path: box.json}',
  '--collections',
  'c.yaml',
];

test('a materialization is filled, transaction by transaction', async () => {
  await using folder = await pipelineFolder({
    'c.yaml': collections('{ table: orders }'),
    'f.jsonl': fixture,
  });
  const at = { folder: folder.path };
  const words = [...drive, '--fixture', 'f.jsonl', '--sessions=1', '--codec=proto'];
  expect(await callCommand(words, at)).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(
      /^CREATE TABLE orders \(id, .*\)\n\n2 transactions in 2 sessions\n$/,
    ),
    stderr: '',
  });
  const { orders } = JSON.parse(await folder.read('box.json')).tables;
  expect(orders).toMatchObject([{ flow_document: { id: 1 } }, { flow_document: { id: 2 } }]);
});

test('a fixture may come in, and the table be called as the collection', async () => {
  await using folder = await pipelineFolder({
    'c.yaml': collections('null').replace(/ +resource.*\n/, ''),
  });
  const words = [...drive, '--json'];
  const { exitCode, stdout } = await runCommand(words, { folder: folder.path, input: fixture });
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ transactions: 2, sessions: 1, state: {} });
  expect(Object.keys(JSON.parse(await folder.read('box.json')).tables)).toEqual(['orders']);
});

test.each([
  [
    'a fixture of another form',
    { 'f.jsonl': '{"id":1}\n' },
    5,
    'line 1: this is no document of a collection, and no commit',
  ],
  ['no fixture', {}, 2, '--fixture: there is no file f.jsonl'],
  ['no collections', { 'f.jsonl': '', 'c.yaml': 'a: 1' }, 2, 'c.yaml: collections: '],
  [
    'a table whose settings do not fit',
    { 'f.jsonl': '', 'c.yaml': collections('{ tabel: x }') },
    2,
    'table: invalid input',
  ],
])('%s is refused', async (_what, files, exitCode, message) => {
  await using folder = await pipelineFolder({ 'c.yaml': collections('{ table: t }'), ...files });
  const ended = await callCommand([...drive, '--fixture', 'f.jsonl'], { folder: folder.path });
  expect(ended).toMatchObject({ exitCode, stdout: '' });
  expect(ended.stderr).toContain(message);
});
