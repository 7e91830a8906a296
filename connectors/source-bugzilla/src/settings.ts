import { secret } from '@fairlead/sdk';
import { z } from 'zod';

export const Config = z.object({
  url: z.url().meta({
    title: 'URL',
    description: "Where your Bugzilla's REST API is, as in https://bugzilla.mozilla.org/rest.",
  }),
  apiKey: secret(
    'API Key',
    'A key from the page API Keys of your preferences. Without one you read what everybody may see.',
  ).optional(),
  products: z.array(z.string().min(1)).default([]).meta({
    title: 'Products',
    description: 'The names of the products that you want to read. All that you may see, if none.',
  }),
  startDate: z.iso.datetime({ offset: true }).default('1970-01-01T00:00:00Z').meta({
    title: 'Start Date',
    description:
      'The time from which you want to read: bugs that have not changed since are left out. As in 2024-01-31T00:00:00Z.',
  }),
  pageSize: z.int().min(2).max(10_000).default(500).meta({
    title: 'Page Size',
    description: 'How many bugs you want in one answer. Your Bugzilla may give fewer.',
  }),
});
export type Config = z.infer<typeof Config>;
