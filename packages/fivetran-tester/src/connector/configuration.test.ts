import { create } from '@bufbuild/protobuf';
import { ConfigurationFormResponseSchema, TextField } from '@fairlead/host-fivetran/protocol';
import { expect, test } from 'vitest';
import { askConfiguration, completeConfiguration, secretsOf } from './configuration.ts';
import { maskSecrets } from './mask-secrets.ts';

const plain = { case: 'textField', value: TextField.PlainText } as const;
const password = { case: 'textField', value: TextField.Password } as const;
const form = create(ConfigurationFormResponseSchema, {
  fields: [
    { name: 'host', label: 'Host', required: true, placeholder: 'db.example.com', type: plain },
    { name: 'tls', label: 'TLS', defaultValue: 'true', type: { case: 'toggleField', value: {} } },
    {
      name: 'sign_in',
      required: true,
      type: { case: 'dropdownField', value: { dropdownField: ['password', 'key'] } },
    },
    {
      name: 'with password',
      type: {
        case: 'conditionalFields',
        value: {
          condition: {
            conditionField: 'sign_in',
            visibleWhen: { case: 'stringValue', value: 'password' },
          },
          fields: [{ name: 'password', label: 'Password', required: true, type: password }],
        },
      },
    },
    {
      name: 'without tls',
      type: {
        case: 'conditionalFields',
        value: {
          condition: { conditionField: 'tls', visibleWhen: { case: 'boolValue', value: false } },
          fields: [{ name: 'reason', label: 'Reason', type: plain }],
        },
      },
    },
  ],
});

test('what a form leaves open has its default, and fields that it hides are left out', () => {
  const given = { host: 'a', sign_in: 'key', password: 'left from before', reason: 'none' };
  expect(completeConfiguration(form, given, 'f')).toEqual({
    host: 'a',
    tls: 'true',
    sign_in: 'key',
  });
  expect(secretsOf(form, given)).toEqual(['left from before']);
});

test('a connector without a form takes any settings, and those named as secrets are some', () => {
  const formless = create(ConfigurationFormResponseSchema, {});
  const given = { host: 'db', db_password: 'pass-1', apiKey: 'key-1' };
  expect(completeConfiguration(formless, given, 'f')).toBe(given);
  expect(secretsOf(formless, given)).toEqual(['pass-1', 'key-1']);
});

test.each([
  [{ sign_in: 'key' }, 'host is missing'],
  [{ host: 'a', sign_in: 'password' }, 'password is missing'],
  [{ host: 'a', sign_in: 'kee' }, 'sign_in has to be one of password, key'],
  [{ host: 'a', sign_in: 'key', tls: 'yes' }, 'tls has to be one of true, false'],
  [{ host: 'a', sign_in: 'key', hots: 'b' }, 'the form has no hots; did you mean host?'],
])('%j is refused: %s', (given, message) => {
  expect(() => completeConfiguration(form, given, 'f.json')).toThrow(
    expect.objectContaining({ kind: 'config', message, where: 'f.json' }),
  );
});

test('fields are asked for as the answers make them visible, and again when they do not fit', async () => {
  const answers = ['', 'db', 'false', 'nothing', 'password', 's3cret', 'because'];
  const questions: string[] = [];
  const asked = await askConfiguration(form, {}, async (question) => {
    questions.push(question);
    return answers.shift() ?? '';
  });
  expect(asked).toEqual({
    host: 'db',
    tls: 'false',
    reason: 'because',
    sign_in: 'password',
    password: 's3cret',
  });
  expect(questions[0]).toBe('Host [e.g. db.example.com]: ');
  expect(questions[1]).toBe('host is missing\nHost [e.g. db.example.com]: ');
  const again: string[] = [];
  await askConfiguration(form, asked, async (question) => {
    again.push(question);
    return '';
  });
  expect(again.join('\n')).toContain('Password [****]: ');
});

test('secrets are hidden wherever a connector repeats them, the longer ones first', () => {
  const mask = maskSecrets(['abcd', 'abcdef', 'xy']);
  expect(mask.text('abcdef, abcd and xy')).toBe('****, **** and xy');
});
