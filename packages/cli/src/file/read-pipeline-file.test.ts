import { realpathSync } from 'node:fs';
import { createLog, describeFailure, isFailure } from '@fairlead/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { readPipelineFile } from './read-pipeline-file.ts';

const folderBefore = process.cwd();
afterEach(() => process.chdir(folderBefore));

const variables = { WORD: 'acces', SECRET: 'hunter2', COUNT: '7', EMPTY: '' };
const ends = 'source:\n  tick: { rows: 3 }\ndestination:\n  box: { path: x }\n';

/** What reading this file is answered by, in one line. */
async function refusalOf(text: string): Promise<string> {
  await using folder = await pipelineFolder({ 'pipeline.yaml': text });
  try {
    await readPipelineFile('pipeline.yaml', {
      folder: folder.path,
      stateFolder: folder.join('state'),
      variables,
    });
  } catch (error) {
    if (isFailure(error) && error.kind === 'config') return describeFailure(error);
    throw error;
  }
  throw new Error('the file was accepted');
}

async function read(text: string, files: Readonly<Record<string, string>> = {}) {
  await using folder = await pipelineFolder({ ...files, 'shop/pipeline.yaml': text });
  return await readPipelineFile('shop/pipeline.yaml', {
    folder: folder.path,
    stateFolder: '/state',
    variables,
  });
}

/** A file with these settings of `tick`, the first of which is in line 3. */
function tick(settings: string): string {
  return `source:\n  tick:\n    ${settings}\ndestination:\n  box: { path: x }\n`;
}

describe('what YAML itself does not allow', () => {
  test.each([
    ['\tname: x', '5:1: a tab stands where spaces belong. Use spaces before keys.'],
    [
      'name: a: b',
      '5:7: a second ": " or a list begins within a value. Put text with ": " in quotes, and begin groups and lists on a line of their own.',
    ],
    ['name: "a', '6:1: a quote, a bracket or a colon is missing. Put it in before this place.'],
    [
      'name: @a',
      '5:7: plain text cannot begin with this character in YAML. Put the text in quotes.',
    ],
    ['name: a\nname: b', '6:1: this key stands here twice. Keep one of them.'],
    ['---\nname: b', '5:1: a second document begins here. Keep one pipeline in a file.'],
    ['name: !secret b', '5:7: tags have no meaning here. Put text that begins with "!" in quotes.'],
    [
      'commit: { every: 30s',
      '6:1: this does not line up with what it belongs to. Give all keys of one group the same number of spaces before them, and close brackets.',
    ],
    [
      'streams: - orders',
      '5:10: this does not belong here. Check indentation, quotes and brackets there.',
    ],
    [
      'name: "a\\q"',
      '5:9: this escape does not exist in double quotes. Use single quotes for text with backslashes.',
    ],
    ['? [a]\n: b', '5:3: a key must be a word. Put it in quotes.'],
    [
      'streams:\n  - *orders',
      '6:5: "*orders" is an alias in YAML, and no anchor "&orders" comes before it. For a pattern put it in quotes: "*orders".',
    ],
    [
      'streams:\n  - match: a\n    columns: [*, -notes]',
      '7:15: "*" begins an alias in YAML. For a pattern put it in quotes: "*".',
    ],
    ['name: &a [*a]', '5:11: too many aliases. Write the settings out.'],
  ])('%j', async (text, message) => {
    expect(await refusalOf(`${ends}${text}\n`)).toBe(`pipeline.yaml:${message}`);
  });
});

describe('what a pipeline does not allow', () => {
  const noSettings =
    '1:1: the file holds no settings. It begins with "source:" and "destination:"; see "fairlead init".';
  test.each([
    ['', noSettings],
    ['# nothing\n', noSettings],
    ['[1, 2]\n', noSettings],
    ['source:\n  tick: {}\n', '1:1: "destination" is missing'],
    ['name: x\n', '1:1: "source" is missing (the first of 2 problems)'],
    [`sources:\n  tick: {}\n${ends}`, '1:1: unknown key "sources"; did you mean "source"?'],
    [
      'sources:\n  tick: {}\ndestination:\n  box: { path: x }\n',
      '1:1: unknown key "sources"; did you mean "source"?',
    ],
    [
      'source:\n  tik: {}\ndestination:\n  box: { path: x }\n',
      '2:3: no source connector "tik" is installed; did you mean "tick"?',
    ],
    [
      'source:\n  crm: {}\ndestination:\n  box: { path: x }\n',
      '2:3: no source connector "crm" is installed. Install it (npm install @fairlead/source-crm), or see what there is: fairlead connectors.',
    ],
    [
      'source:\n  tick: {}\n  file: {}\ndestination:\n  box: { path: x }\n',
      '2:3: "source" names more than one connector',
    ],
    ['source: {}\ndestination:\n  box: { path: x }\n', '1:9: "source" names no connector'],
    [
      'source: tick\ndestination:\n  box: { path: x }\n',
      '1:9: "source" must be a group of settings, not text',
    ],
    [
      'source:\n  tick: 5\ndestination:\n  box: { path: x }\n',
      '2:9: "source.tick" must be a group of settings, not a number',
    ],
    [`name: 5\n${ends}`, '1:7: "name" must be text, not a number (put it in quotes)'],
    [`name: ''\n${ends}`, '1:7: "name" must not be empty'],
    [
      `${ends}defaults: { write: merg }\n`,
      '5:20: "defaults.write" must be "merge" or "append"; did you mean "merge"?',
    ],
    [
      `${ends}defaults: { contrct: freeze }\n`,
      '5:13: unknown key "contrct"; did you mean "contract"?',
    ],
    [`${ends}streams: orders\n`, '5:10: "streams" must be a list, not text'],
    [`${ends}streams: []\n`, '5:10: "streams" must not be empty'],
    [
      `${ends}streams:\n  - orders\n  - mtch: customers\n`,
      '7:5: unknown key "mtch"; did you mean "match"?',
    ],
    [`${ends}streams:\n  - columns: [a]\n`, '6:5: "match" is missing in "streams[0]"'],
    [
      `${ends}streams:\n  - match: a\n    columns: []\n`,
      '7:14: "streams[0].columns" must not be empty',
    ],
    [
      `${ends}streams:\n  - match: a\n    deletes: keep\n`,
      '7:14: "streams[0].deletes" must be "hard", "soft" or "ignore"',
    ],
    [
      `${ends}streams:\n  - match: a\n    target: { tabel: x }\n`,
      '7:15: unknown key "tabel"; did you mean "table"?',
    ],
    [
      `${ends}streams:\n  - match: a\n    source: { strem: x }\n`,
      '7:15: unknown key "strem"; did you mean "stream"?',
    ],
    [
      `${ends}streams:\n  - 5\n`,
      '6:5: "streams[0].match" must be text, not a number (put it in quotes)',
    ],
    [
      `${ends}commit: { every: soon }\n`,
      '5:18: "commit.every" does not fit: write a number and a unit: 250ms, 30s, 15m, 6h or 1d',
    ],
    [
      `${ends}commit: { bytes: lots }\n`,
      '5:18: "commit.bytes" does not fit: write a number and a unit: 512KiB, 64MiB or 2GB',
    ],
    [`${ends}commit: { evry: 30s }\n`, '5:11: unknown key "evry"; did you mean "every"?'],
    [
      'source:\n  tick:\n    rowz: 3\n    loudd: true\ndestination:\n  box: { path: x }\n',
      '3:5: unknown key "rowz"; did you mean "rows"? (the first of 2 problems)',
    ],
  ])('%j', async (text, message) => {
    expect(await refusalOf(text)).toBe(`pipeline.yaml:${message}`);
  });
});

describe('what a connector does not allow', () => {
  test.each([
    ['rowz: 3', '3:5: unknown key "rowz"; did you mean "rows"?'],
    ['zzzzzz: 3', '3:5: unknown key "zzzzzz"'],
    ['rows: many', '3:11: "rows" must be a number, not text'],
    ['rows: 1.5', '3:11: "rows" must be a whole number'],
    ['rows:', '3:10: "rows" must be a number, not empty'],
    [
      'wait: soon',
      '3:11: "wait" does not fit: write a number and a unit: 250ms, 30s, 15m, 6h or 1d',
    ],
    ['streams: orders', '3:14: "streams" must be a list, not text'],
    ['streams: [a, 5]', '3:18: "streams[1]" must be text, not a number (put it in quotes)'],
    ['loud: yes', '3:11: "loud" must be true or false, not text'],
    ['token: ""', '3:12: "token" must not be empty'],
    [
      'fail: acess',
      '3:11: "fail" must be "access", "transient", "data", "state" or "bug"; did you mean "access"?',
    ],
  ])('%j', async (settings, message) => {
    expect(await refusalOf(tick(settings))).toBe(`pipeline.yaml:${message}`);
  });

  test('a setting that is missing is looked for where its group is', async () => {
    const text = 'source:\n  tick:\ndestination:\n  box:\n';
    expect(await refusalOf(text)).toBe('pipeline.yaml:4:7: "path" is missing');
  });
});

describe('variables', () => {
  test.each([
    [
      'token: ${env:TOKEN}',
      '3:12: the environment variable TOKEN is not set. Set it, put it into .env, or give it a default: ${env:TOKEN:-…}.',
    ],
    [
      'token: ${file:token.txt}',
      '3:12: the file "token.txt" cannot be read (ENOENT). A path in ${file:…} begins at the folder of the pipeline file.',
    ],
    [
      'token: ${TOKEN}',
      '3:12: "${TOKEN}" is no variable. Write ${env:NAME}, ${env:NAME:-default} or ${file:path}, or $${ for the two characters themselves.',
    ],
    [
      'token: ${env:TOKEN',
      '3:12: "${" is not closed. Write ${env:NAME}, or $${ for the two characters themselves.',
    ],
    ['rows: ${env:WORD}', '3:11: "rows" must be a number, not text'],
    // The value is near to one that is taken, and is not shown for all that.
    ['fail: ${env:WORD}', '3:11: "fail" must be "access", "transient", "data", "state" or "bug"'],
    ['token: "${env:EMPTY}"', '3:12: "token" must not be empty'],
  ])('%j is refused', async (settings, message) => {
    expect(await refusalOf(tick(settings))).toBe(`pipeline.yaml:${message}`);
  });

  test('a variable within brackets is asked to be quoted', async () => {
    const text = 'source:\n  tick: { token: ${env:TOKEN} }\ndestination:\n  box: { path: x }\n';
    expect(await refusalOf(text)).toBe(
      'pipeline.yaml:2:18: a variable within brackets needs quotes. Write "${env:NAME}" there, in double quotes.',
    );
  });

  test('come from the environment first, then from .env, and are read as what is wanted', async () => {
    const pipeline = await read(
      tick('rows: ${env:COUNT}\n    token: ${env:TOKEN}\n    loud: ${env:LOUD:-true}').replace(
        'path: x',
        () => 'path: "${env:WORD}-$${x}-${file:name.txt}"',
      ),
      { 'shop/.env': 'TOKEN=from-file\nCOUNT=8\n', 'shop/name.txt': 'box\n' },
    );
    const messages: string[] = [];
    const log = createLog((_level, message, fields) =>
      messages.push(`${message} ${JSON.stringify(fields)}`),
    );
    const scope = { log, signal: new AbortController().signal };
    await pipeline.source.check(scope);
    expect(messages).toEqual(['looked around {"rowCount":7}']);
    await using destination = await pipeline.destination.connect(scope);
    expect(destination).toMatchObject({ path: 'acces-${x}-box' });
  });

  test('are never replaced in keys', async () => {
    const text = `${ends}defaults: { "\${env:SECRET}": x }\n`;
    expect(await refusalOf(text)).toBe('pipeline.yaml:5:13: unknown key "${env:SECRET}"');
  });
});

describe('a file that is right', () => {
  test('has every default filled in', async () => {
    const pipeline = await read(ends);
    expect(pipeline).toMatchObject({
      name: 'shop',
      streams: [{ match: '*', deletes: 'hard', contract: 'evolve' }],
      commit: { bytes: 4 * 1024 ** 3, everyMs: 30_000 },
      stateFolder: '/state',
    });
    expect(pipeline.source.source.name).toBe('source-tick');
    expect(pipeline.destination.materialization.name).toBe('materialize-box');
  });

  test('makes its folder the working directory, where its paths begin', async () => {
    await using folder = await pipelineFolder({ 'shop/pipeline.yaml': ends });
    await readPipelineFile('shop/pipeline.yaml', {
      folder: folder.path,
      stateFolder: '/state',
      variables: {},
    });
    expect(process.cwd()).toBe(realpathSync(folder.join('shop')));
  });

  test('gives each stream its own settings over the defaults', async () => {
    const { streams, name, commit } = await read(`name: till
source:
  source-tick: {}
destination:
  '@acme/materialize-box': { path: x }
defaults: { write: append, deletes: soft, contract: freeze }
streams:
  - orders*
  - match: customers
    columns: ['*', -notes]
    key: [id]
    write: merge
    deletes: ignore
    contract: quarantine
    source: { stream: orders }
    target: { table: clients }
commit: { bytes: 1MiB, every: 5s }
`);
    expect(name).toBe('till');
    expect(commit).toEqual({ bytes: 1024 * 1024, everyMs: 5_000 });
    expect(streams).toEqual([
      { match: 'orders*', write: 'append', deletes: 'soft', contract: 'freeze' },
      {
        match: 'customers',
        columns: ['*', '-notes'],
        key: ['id'],
        write: 'merge',
        deletes: 'ignore',
        contract: 'quarantine',
        resource: { stream: 'orders' },
        target: { table: 'clients' },
      },
    ]);
  });

  test('may repeat settings by an anchor', async () => {
    const { streams } = await read(
      `${ends}streams:\n  - { match: a, columns: &list [id] }\n  - { match: b, columns: *list }\n`,
    );
    expect(streams.map(({ columns }) => columns)).toEqual([['id'], ['id']]);
  });
});

test.each([
  [
    'missing.yaml',
    'there is no such file. Make one with "fairlead init", or name another with --file.',
  ],
  ['folder', 'this is a folder. Name the pipeline file in it with --file.'],
])('%s cannot be read', async (file, message) => {
  await using folder = await pipelineFolder({ 'folder/x': '' });
  const reading = readPipelineFile(file, {
    folder: folder.path,
    stateFolder: '/state',
    variables: {},
  });
  await expect(reading.catch((error) => describeFailure(error))).resolves.toBe(
    `${file}: ${message}`,
  );
});
