import { expect, test } from 'vitest';
import { hostedCall } from './hosted-call.ts';

test.each([
  ['flow file', { host: 'flow', name: 'file', args: [] }],
  ['airbyte file spec', { host: 'airbyte', name: 'file', args: ['spec'] }],
  [
    'airbyte @acme/source-x read --config c --json --help',
    {
      host: 'airbyte',
      name: '@acme/source-x',
      args: ['read', '--config', 'c', '--json', '--help'],
    },
  ],
])('"fairlead %s" is a program of a platform', (words, call) => {
  expect(hostedCall(words.split(' '))).toEqual(call);
});

test.each([
  '',
  'flow',
  'flow --help',
  'flow file --help',
  'flow file twice',
  'flow -- file',
  'airbyte',
  'airbyte file',
  'airbyte -h',
  'help flow',
  'run flow file',
  'flow-preview file',
])('"fairlead %s" is a verb', (words) => {
  expect(hostedCall(words.split(' '))).toBeUndefined();
});
