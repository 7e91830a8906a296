import { describe, expect, test } from 'vitest';
import { parseCommandLine, UsageError } from './command-line.ts';

describe('a command line', () => {
  test.each([
    { args: ['spec'], is: { command: 'spec' } },
    { args: ['check', '--config', 'c'], is: { command: 'check', config: 'c' } },
    { args: ['check', '--config=c=d'], is: { command: 'check', config: 'c=d' } },
    {
      args: ['read', '--config', 'c', '--catalog', 'k', '--state', 's', '--debug'],
      is: { command: 'read', config: 'c', catalog: 'k', state: 's', debug: true },
    },
    {
      args: ['read', '--manifest-path', 'm', '--catalog', 'k', '--config', 'c', 'extra'],
      is: { command: 'read', config: 'c', catalog: 'k' },
    },
  ])('of $args is understood', ({ args, is }) => {
    expect(parseCommandLine(args)).toEqual({ debug: false, ...is });
  });

  test.each([
    { args: [], problem: 'no command' },
    { args: ['toString'], problem: 'no command "toString"' },
    { args: ['check'], problem: 'check needs --config' },
    { args: ['check', '--config'], problem: '--config needs the name of a file' },
    { args: ['read', '--config', 'c'], problem: 'read needs --catalog' },
  ])('of $args is answered with how to write one', ({ args, problem }) => {
    expect(() => parseCommandLine(args)).toThrow(UsageError);
    expect(() => parseCommandLine(args)).toThrow(`${problem}\nusage:`);
  });
});
