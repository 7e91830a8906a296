import { expect, test } from 'vitest';
import { Terminal } from './terminal.ts';

test('lines stay above a frame, which is drawn in its own place', () => {
  const written: string[] = [];
  const terminal = new Terminal({ write: (text: string) => written.push(text), on: () => {} });
  terminal.line('begin');
  terminal.frame(['a 1', 'b 1']);
  terminal.frame(['a 2']);
  terminal.line('log');
  terminal.frame([]);
  terminal.line('end');
  expect(written).toEqual([
    'begin\n',
    'a 1\nb 1\n',
    '\u001b[2A\u001b[Ja 2\n',
    '\u001b[1A\u001b[Jlog\na 2\n',
    '\u001b[1A\u001b[J',
    'end\n',
  ]);
});
