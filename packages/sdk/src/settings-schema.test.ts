import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { documentSchema, settingsSchema } from './settings-schema.ts';
import { advanced, byteSize, choice, duration, secret } from './settings.ts';

test('settings make a form', () => {
  const Config = z.object({
    url: z.url().meta({ title: 'URL', description: 'Where the tracker is.' }),
    credentials: choice('type', [
      z.object({
        type: z.literal('password'),
        user: z.string().meta({ title: 'User', description: 'Your name there.' }),
        password: secret('Password', 'Your password.'),
      }),
      z.object({
        type: z.literal('key'),
        key: secret('Key', 'Your private key.', { multiline: true }),
      }),
    ]).meta({ title: 'Credentials', description: 'How you log in.' }),
    strict: z.boolean().default(true).meta({ title: 'Strict', description: 'You decide.' }),
    last: z.string().optional().meta({ title: 'Last', description: 'You see.', order: 40 }),
    advanced: advanced({
      interval: duration('Interval', 'How often.').prefault('15m'),
      size: byteSize('Size', 'How much.').prefault('8MiB'),
    }),
  });
  expect(settingsSchema(Config)).toEqual({
    type: 'object',
    required: ['url', 'credentials'],
    properties: {
      url: {
        order: 0,
        type: 'string',
        format: 'uri',
        title: 'URL',
        description: 'Where the tracker is.',
      },
      credentials: {
        order: 1,
        title: 'Credentials',
        description: 'How you log in.',
        type: 'object',
        discriminator: { propertyName: 'type' },
        oneOf: [
          {
            type: 'object',
            required: ['type', 'user', 'password'],
            properties: {
              type: { order: 0, type: 'string', const: 'password', default: 'password' },
              user: { order: 1, type: 'string', title: 'User', description: 'Your name there.' },
              password: {
                order: 2,
                type: 'string',
                minLength: 1,
                title: 'Password',
                description: 'Your password.',
                secret: true,
              },
            },
          },
          {
            type: 'object',
            required: ['type', 'key'],
            properties: {
              type: { order: 0, type: 'string', const: 'key', default: 'key' },
              key: {
                order: 1,
                type: 'string',
                minLength: 1,
                title: 'Key',
                description: 'Your private key.',
                secret: true,
                multiline: true,
              },
            },
          },
        ],
      },
      strict: {
        order: 2,
        type: 'boolean',
        default: true,
        title: 'Strict',
        description: 'You decide.',
      },
      last: { order: 40, type: 'string', title: 'Last', description: 'You see.' },
      advanced: {
        order: 4,
        type: 'object',
        title: 'Advanced',
        description: 'Settings that you rarely need.',
        advanced: true,
        default: {},
        properties: {
          interval: {
            order: 0,
            type: 'string',
            pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$',
            title: 'Interval',
            description: 'How often.',
            default: '15m',
          },
          size: {
            order: 1,
            type: 'string',
            pattern: '^\\d+(\\.\\d+)?(B|[KMG]i?B)$',
            title: 'Size',
            description: 'How much.',
            default: '8MiB',
          },
        },
      },
    },
  });
});

describe('a form', () => {
  test('has everything in its place, also what is used twice', () => {
    const host = z.object({ name: z.string() }).meta({ title: 'Host', description: 'A host.' });
    const text = JSON.stringify(settingsSchema(z.object({ one: host, two: host })));
    expect(text).not.toContain('$ref');
    expect(text).not.toContain('$defs');
    expect(text).not.toContain('$schema');
  });

  test('leaves room for members that hosts add', () => {
    const schema = settingsSchema(z.object({ inner: z.strictObject({ a: z.string() }) }));
    expect(JSON.stringify(schema)).not.toContain('additionalProperties');
  });

  test('keeps the schema of the members of a map', () => {
    expect(settingsSchema(z.record(z.string(), z.int().min(0).max(9)))).toMatchObject({
      additionalProperties: { type: 'integer', minimum: 0, maximum: 9 },
    });
  });

  test('keeps a union without a constant as it is', () => {
    const schema = settingsSchema(z.object({ paths: z.union([z.string(), z.array(z.string())]) }));
    expect(schema).toMatchObject({
      properties: {
        paths: { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }] },
      },
    });
  });

  test('orders the members of objects in lists', () => {
    const schema = settingsSchema(z.array(z.object({ a: z.string(), b: z.string() })));
    expect(schema).toMatchObject({
      items: { properties: { a: { order: 0 }, b: { order: 1 } } },
    });
  });

  test('may have members that are called like keywords', () => {
    const schema = settingsSchema(
      z.object({ default: z.string(), anyOf: z.string(), properties: z.string() }),
    );
    expect(schema).toMatchObject({
      properties: {
        default: { order: 0, type: 'string' },
        anyOf: { order: 1, type: 'string' },
        properties: { order: 2, type: 'string' },
      },
    });
  });
});

test('documents are described as they come out', () => {
  const Issue = z.looseObject({
    id: z.int(),
    at: z.iso.datetime(),
    state: z.string().default('new'),
  });
  expect(documentSchema(Issue)).toMatchObject({
    type: 'object',
    required: ['id', 'at', 'state'],
    properties: { id: { type: 'integer' }, at: { type: 'string', format: 'date-time' } },
    additionalProperties: {},
  });
});
