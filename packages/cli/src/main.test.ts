import { describe, expect, test } from 'vitest';
import { pipelineFolder } from './testing/pipeline-folder.ts';
import { shop } from './testing/shop.ts';
import { runCommand, startCommand } from './testing/run-command.ts';

describe('a process', () => {
  test('writes nothing but the result on standard output', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const ended = await runCommand(['run', '-q', '--json'], { folder: folder.path });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({ pipeline: 'shop', rows: 6 });
  });

  test('ends with the exit code of its failure', async () => {
    await using folder = await pipelineFolder();
    expect(await runCommand(['run'], { folder: folder.path })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'fairlead: pipeline.yaml: there is no such file. Make one with "fairlead init", or name another with --file.\n',
    });
  });

  test('that is asked for help gives it', async () => {
    await using folder = await pipelineFolder();
    const ended = await runCommand(['--help'], { folder: folder.path });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^Usage: fairlead VERB/);
  });

  test('in which an error goes astray says so', async () => {
    await using folder = await pipelineFolder({
      'pipeline.yaml': shop.replace('rows: 3', 'stray: true'),
    });
    const { exitCode, stderr } = await runCommand(['check'], { folder: folder.path });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      'this is a bug, please report it with the lines below\nError: astray\n',
    );
  });
});

describe('signals', () => {
  const slow = ['copy', '-v', 'tick:orders', 'box:box.json', '--set=source.rows=100000'];
  const reading = ['--set=source.wait=10ms', '--commit-every=20ms'];

  test('one stops at the next commit, cleanly', async () => {
    await using folder = await pipelineFolder();
    await using command = startCommand([...slow, ...reading], { folder: folder.path });
    await command.saw('committed commit=2');
    command.process.kill('SIGINT');
    const { exitCode, stdout, stderr } = await command.ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('fairlead: stopping after the next commit; again to stop at once\n');
    expect(stdout).toMatch(/; stopped at a commit, the next run goes on from there\n$/);
    const { tables, checkpoints } = JSON.parse(await folder.read('box.json'));
    const [checkpoint = ''] = Object.values<string>(checkpoints);
    expect(JSON.parse(checkpoint).state.bindings.orders).toBe(tables.orders.length);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('two of %s stop at once with %i', async (signal, exitCode) => {
    await using folder = await pipelineFolder();
    // A source in the midst of something comes to no checkpoint.
    await using command = startCommand([...slow, '--set=source.stuck=true'], {
      folder: folder.path,
    });
    await command.saw('reading stream=orders');
    command.process.kill(signal);
    await command.saw('again to stop at once');
    command.process.kill(signal);
    const ended = await command.ended;
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toMatch(
      /fairlead: interrupted; what was not committed will be read again\n$/,
    );
  });

  test('a watched pipeline goes on until it is stopped', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    await using command = startCommand(['run', '--watch', '-v', '--json'], { folder: folder.path });
    await command.saw('"message":"caught up","stream":"customers"');
    command.process.kill('SIGTERM');
    const { exitCode, stdout } = await command.ended;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 6, stopped: true });
  });
});

describe('standard output', () => {
  test('whose reader leaves early is no failure', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    await using command = startCommand(['discover', '--json'], { folder: folder.path });
    command.process.stdout.destroy();
    expect(await command.ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});
