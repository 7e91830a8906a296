import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';

const words = ['init', '--source', 'tick:orders', '--destination', 'box:box.json'];

test('what it writes can be checked and run', async () => {
  await using folder = await pipelineFolder();
  const { exitCode, stdout } = await callCommand([...words, '-f', 'shop/pipeline.yaml'], {
    folder: folder.path,
  });
  expect({ exitCode, stdout }).toEqual({
    exitCode: 0,
    stdout: 'shop/pipeline.yaml\nshop/.env.example\nshop/.fairlead/pipeline.schema.json\n',
  });
  expect(await folder.read('shop/pipeline.yaml')).toContain('\nname: shop\n');
  expect(await folder.read('shop/.env.example')).toContain('# SOURCE_TOKEN=\n');
  const ran = await callCommand(['run', '-q', '--json', '-f', 'shop/pipeline.yaml'], {
    folder: folder.path,
  });
  expect(JSON.parse(ran.stdout)).toMatchObject({ pipeline: 'shop', rows: 3 });
});

test('nothing is overwritten', async () => {
  await using folder = await pipelineFolder({
    'pipeline.yaml': 'mine',
    '.env.example': 'mine too',
  });
  expect(await callCommand(words, { folder: folder.path })).toEqual({
    exitCode: 2,
    stdout: '',
    stderr:
      'fairlead: pipeline.yaml: there is such a file already. Nothing is ever overwritten: remove it, or name another with --file.\n',
  });
  const other = await callCommand([...words, '-f', 'other.yaml', '--json'], {
    folder: folder.path,
  });
  expect(JSON.parse(other.stdout)).toEqual({
    written: ['other.yaml', '.fairlead/pipeline.schema.json'],
  });
  expect(other.stderr).toContain('.env.example is there already and was left as it is');
  expect(await folder.read('pipeline.yaml')).toBe('mine');
  expect(await folder.read('.env.example')).toBe('mine too');
});
