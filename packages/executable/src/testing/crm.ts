import { advanced, choice, secret, source } from '@fairlead/sdk';
import { z } from 'zod';
import type { About } from '../about.ts';

/** A source whose settings are of every form that a page has to show. */
export const crm = source({
  name: 'source-crm',
  title: 'CRM',
  config: z.object({
    url: z.url().meta({ title: 'URL', description: 'Where it is: <host> or *.host|other.' }),
    credentials: choice('auth_type', [
      z
        .object({
          auth_type: z.literal('Token'),
          token: secret('Token', 'A token of yours.'),
        })
        .meta({ title: 'Token', description: 'As a program.' }),
      z
        .object({
          auth_type: z.literal('Password'),
          user: z.string().meta({ title: 'User', description: 'Who you are.' }),
          password: secret('Password', 'Your password.'),
        })
        .meta({ title: 'Password', description: 'As yourself.' }),
    ]).meta({ title: 'Credentials', description: 'How you sign in.' }),
    advanced: advanced({
      pageSize: z.int().default(100).meta({ title: 'Page Size', description: 'How many at once.' }),
    }),
  }),
  streams: [],
  check: async () => {},
});

/** What is told of it. */
export const aboutCrm: About = {
  folder: '/nowhere',
  packageName: '@acme/source-crm',
  name: 'source-crm',
  version: '2.0.0',
  description: 'Issues of a "CRM", for $5.',
  license: 'MIT',
  bin: 'bin/source-crm.js',
  documentationUrl: 'https://acme.example/crm',
  definitionId: '0a1b2c3d-0000-4000-8000-000000000000',
  registry: 'registry.acme.example/data',
  icon: 'crm.svg',
  releaseStage: 'beta',
  supportLevel: 'community',
  subtype: 'api',
  allowedHosts: ['${config.url}'],
  suggestedStreams: ['issues'],
  memory: '2Gi',
  maxSecondsBetweenMessages: 600,
  breakingChanges: { '2.0.0': { message: 'Reset it.', upgradeDeadline: '2027-01-31' } },
};
