import { memoryDestination } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { helpText } from './help-text.ts';
import { planCall } from './plan-call.ts';
import { aboutCrm, crm } from './testing/crm.ts';

const destination = memoryDestination({ commits: 'staged' });
const plan = (args: readonly string[], isTerminal = false) =>
  planCall(crm, aboutCrm, args, isTerminal);

test('without words it is a process of Estuary Flow', () => {
  expect(plan([])).toEqual({ is: 'flow' });
});

test('without words, a terminal is told how to call it', () => {
  expect(plan([], true)).toEqual({ is: 'refuse', text: helpText(crm, aboutCrm) });
});

test.each(['spec', 'check', 'discover', 'read'])('%s is for Airbyte', (word) => {
  expect(plan([word, '--config', 'x'])).toEqual({ is: 'airbyte' });
  expect(plan([word], true)).toEqual({ is: 'airbyte' });
});

test.each(['spec', 'check', 'write'])('%s of a destination is for Airbyte', (word) => {
  expect(planCall(destination, aboutCrm, [word], false)).toEqual({ is: 'airbyte' });
});

test.each(['--help', '-h', 'help'])('%s tells how to call it', (word) => {
  expect(plan([word])).toEqual({ is: 'tell', text: helpText(crm, aboutCrm) });
});

test.each(['--version', '-V'])('%s tells its version', (word) => {
  expect(plan([word])).toEqual({ is: 'tell', text: 'source-crm 2.0.0\n' });
});

test.each([
  ['frobnicate', 'there is no command "frobnicate".'],
  ['cheque', 'there is no command "cheque".'],
  ['chekc', 'there is no command "chekc"; did you mean "check"?'],
  ['SPEC', 'there is no command "SPEC"; did you mean "spec"?'],
  ['--hepl', 'there is no command "--hepl"; did you mean "--help"?'],
  ['', 'there is no command "".'],
  ['a\nb', String.raw`there is no command "a\nb".`],
  ['write', 'a source has no command "write".'],
])('the word %j is refused in one line', (word, problem) => {
  const text = `source-crm: ${problem} Its commands are spec, check, discover and read; see --help.\n`;
  expect(plan([word])).toEqual({ is: 'refuse', text });
});

test.each(['read', 'discover'])('a destination has no %s', (word) => {
  const call = planCall(destination, aboutCrm, [word], false);
  expect(call).toMatchObject({
    is: 'refuse',
    text: expect.stringContaining(`a destination has no command "${word}". Its commands are spec,`),
  });
});

test('help says how each platform calls it', () => {
  expect(helpText(crm, aboutCrm)).toMatchInlineSnapshot(`
    "source-crm 2.0.0: Issues of a "CRM", for $5.

    Inside Estuary Flow, without arguments: requests on standard input, responses on standard
    output, as protobuf or, with FLOW_RUNTIME_CODEC=json, as lines of JSON.
      $ echo '{"spec":{"config":{}}}' | FLOW_RUNTIME_CODEC=json source-crm

    Inside Airbyte, with a command:
      $ source-crm spec
      $ source-crm check --config config.json
      $ source-crm discover --config config.json
      $ source-crm read --config config.json --catalog catalog.json [--state state.json]

    Options:
      -h, --help     print this
      -V, --version  print the version

    Settings and examples: https://acme.example/crm
    "
  `);
  expect(helpText(destination, aboutCrm)).toContain(
    'write --config config.json --catalog catalog.json <messages.jsonl\n',
  );
});
