import { Failure } from '@fairlead/sdk';
import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { answerFailure } from './answer-failure.ts';
import { OutputClosed } from './output.ts';
import { Terminal } from './terminal.ts';

const never = new AbortController().signal;

/** What is said about an error, and the exit code. */
async function answer(
  error: unknown,
  about: { json?: boolean; ended?: 'at once' | 'gently' } = {},
) {
  let said = '';
  const exitCode = await answerFailure(error, {
    terminal: new Terminal({ write: (text: string) => (said += text), on: () => {} }),
    interruption: {
      stop: never,
      now: about.ended === undefined ? never : AbortSignal.abort(),
      exitCode: 130,
      isGentle: about.ended === 'gently',
      stopGently: () => {},
    },
    verb: 'state show',
    json: about.json === true,
  });
  return { exitCode, said };
}

const failure = new Failure('access', 'no\nentry', { where: 'db\u001b', hint: 'Knock.' });
const refused = Object.assign(new Error('EACCES: permission denied'), {
  code: 'EACCES',
  syscall: 'mkdir',
  path: '/var/x',
});

test.each([
  [failure, 3, 'fairlead: db\\u001b: no entry. Knock.\n'],
  [refused, 3, 'fairlead: /var/x: permission denied (mkdir EACCES)\n'],
  [
    Object.assign(new Error(), { code: 'ENOTDIR', syscall: 'mkdir', path: '/dev/null/x' }),
    3,
    'fairlead: /dev/null/x: a part of the path is no folder (mkdir ENOTDIR)\n',
  ],
  [
    Object.assign(new Error(), { code: 'ENOSPC', syscall: 'write' }),
    3,
    'fairlead: no space is left (write ENOSPC)\n',
  ],
  [
    new CommanderError(1, 'commander.unknownOption', "error: unknown option '--x'"),
    2,
    'fairlead: unknown option "--x". See "fairlead state show --help".\n',
  ],
  [new OutputClosed(), 0, ''],
  ['text', 1, 'fairlead: this is a bug, please report it with the lines below\ntext\n'],
])('%s ends with %i', async (error, exitCode, said) => {
  expect(await answer(error)).toEqual({ exitCode, said });
});

test('an error of the system that may be a bug is taken for one', async () => {
  const error = Object.assign(new Error('gone'), { code: 'ENOENT', syscall: 'open', path: '/x' });
  const { exitCode, said } = await answer(error);
  expect(exitCode).toBe(1);
  expect(said).toMatch(/^fairlead: this is a bug.*\nError: gone\n +at /);
});

test.each([
  ['at once', 'interrupted'],
  ['gently', 'interrupted; what was not committed will be read again'],
] as const)(
  'whatever is thrown after an interruption that came %s is none',
  async (ended, text) => {
    expect(await answer(new TypeError('odd'), { ended })).toEqual({
      exitCode: 130,
      said: `fairlead: ${text}\n`,
    });
    const { said } = await answer(new TypeError('odd'), { ended, json: true });
    expect(JSON.parse(said)).toEqual({ failure: { kind: 'interrupted', message: text } });
  },
);

test('machines are told in one line of JSON', async () => {
  const { said } = await answer(failure, { json: true });
  expect(said.trimEnd()).not.toContain('\n');
  expect(JSON.parse(said)).toEqual({
    failure: { kind: 'access', message: 'no\nentry', where: 'db\u001b', hint: 'Knock.' },
  });
  const bug = JSON.parse((await answer(new TypeError('odd'), { json: true })).said);
  expect(bug.failure).toEqual({
    kind: 'bug',
    message: 'odd',
    stack: expect.stringMatching(/^TypeError: odd\n/),
  });
});
