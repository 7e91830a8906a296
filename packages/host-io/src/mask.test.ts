import { describe, expect, test } from 'vitest';
import { maskSecrets } from './mask.ts';

const secret = { type: 'string', secret: true };
const schema = {
  type: 'object',
  properties: {
    token: secret,
    user: { type: 'string' },
    pin: { type: 'integer', secret: true },
    access: {
      oneOf: [
        { properties: { by: { const: 'a' }, password: secret } },
        { properties: { by: { const: 'b' }, key: secret } },
      ],
    },
    list: { type: 'array', items: { properties: { token: secret } } },
    headers: { type: 'object', additionalProperties: secret },
  },
};

describe('a mask', () => {
  test.each([
    {
      what: 'a secret',
      config: { token: 'abc' },
      text: 'abc is not "abc"',
      is: '**** is not "****"',
    },
    { what: 'a number', config: { pin: 1234 }, text: 'pin 1234', is: 'pin ****' },
    { what: 'a choice', config: { access: { by: 'b', key: 'kkk' } }, text: 'kkk', is: '****' },
    {
      what: 'a list',
      config: { list: [{ token: 't1' }, { token: 't2' }] },
      text: 't1 t2',
      is: '**** ****',
    },
    { what: 'any member', config: { headers: { a: 'h1' } }, text: 'h1', is: '****' },
    {
      what: 'a part of another',
      config: { token: 'ab', headers: { a: 'abc' } },
      text: 'abc',
      is: '****',
    },
    {
      what: 'its form in JSON',
      config: { token: 'a"b' },
      text: '{"t":"a\\"b"}',
      is: '{"t":"****"}',
    },
    {
      what: 'its form in a URL',
      config: { token: 'p@ss' },
      text: 'me:p%40ss@host',
      is: 'me:****@host',
    },
    {
      what: 'a line of several',
      config: { token: '-----BEGIN\nMIIEvQIBADANBg\n' },
      text: 'cannot parse MIIEvQIBADANBg',
      is: 'cannot parse ****',
    },
  ])('hides $what', ({ config, text, is }) => {
    expect(maskSecrets(schema, config)(text)).toBe(is);
  });

  test.each([
    { what: 'what is no secret', config: { user: 'me' } },
    { what: 'nothing for an empty secret', config: { token: '' } },
    { what: 'nothing for a config that is no object', config: 'me' },
    { what: 'nothing for a config that is not there', config: undefined },
  ])('leaves $what', ({ config }) => {
    expect(maskSecrets(schema, config)('me and you')).toBe('me and you');
  });
});
