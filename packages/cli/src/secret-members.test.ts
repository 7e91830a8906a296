import { choice, secret, settingsSchema } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { secretMembers, withoutSecrets } from './secret-members.ts';

const schema = settingsSchema(
  z.object({
    host: z.string(),
    login: z.object({ user: z.string(), password: secret('Password', 'Your password.') }),
    auth: choice('kind', [
      z.object({ kind: z.literal('key'), key: secret('Key', 'Your key.') }),
      z.object({ kind: z.literal('token'), token: secret('Token', 'Your token.') }),
    ]),
    replicas: z.array(z.object({ host: z.string(), password: secret('Password', 'Its.') })),
    extra: secret('Extra', 'Rarely needed.').optional(),
  }),
);

test('secrets are found in groups, in every form of a choice, and in lists', () => {
  expect(secretMembers(schema).map(({ path, title }) => [path.join('.'), title])).toEqual([
    ['login.password', 'Password'],
    ['auth.key', 'Key'],
    ['auth.token', 'Token'],
    ['replicas.password', 'Password'],
    ['extra', 'Extra'],
  ]);
});

test('what is left without them holds none', () => {
  const settings = {
    host: 'h',
    login: { user: 'me', password: 'p1' },
    auth: { kind: 'key', key: 'p2' },
    replicas: [{ host: 'r', password: 'p3' }],
    extra: 'p4',
  };
  expect(withoutSecrets(schema, settings)).toEqual({
    host: 'h',
    login: { user: 'me' },
    auth: { kind: 'key' },
    replicas: [{ host: 'r' }],
  });
});
