import type { Materialization } from '@fairlead/sdk';
import { memoryDestination } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configForm, resourceForm, resourcePath } from './resource-form.ts';

const memory = memoryDestination({ commits: 'in-destination' });
const withSchema: Materialization = {
  ...(memory as Materialization),
  resource: z.object({
    table: z.string(),
    schema: z.string().optional(),
    delta_updates: z.string().optional(),
  }),
};

test('the setting that takes the name of a collection is marked and required', () => {
  const form = resourceForm(memory);
  expect(form).toMatchObject({
    required: ['table'],
    properties: {
      table: { type: 'string', 'x-collection-name': true },
      delta_updates: { type: 'boolean', default: false, 'x-delta-updates': true },
    },
  });
  expect(resourcePath(form, { table: 'a', other: 'b' })).toEqual(['a']);
});

test('a schema comes before the table, and a setting of the materialization before one of the host', () => {
  const form = resourceForm(withSchema);
  expect(form).toMatchObject({
    properties: { schema: { 'x-schema-name': true }, delta_updates: { type: 'string' } },
  });
  expect(resourcePath(form, { table: 'a', schema: 's' })).toEqual(['s', 'a']);
  expect(resourcePath(form, null)).toEqual([]);
});

test('exactly one setting of a table is marked to take the name of a collection', () => {
  const { properties = {} } = resourceForm(withSchema) as { properties?: Record<string, object> };
  const marked = Object.values(properties).filter((property) => 'x-collection-name' in property);
  expect(marked).toHaveLength(1);
});

test('settings of a connection begin with those of the materialization', () => {
  const { properties = {} } = configForm(memory) as {
    properties?: Record<string, { order: number }>;
  };
  const names = Object.keys(properties).sort(
    (a, b) => (properties[a]?.order ?? 0) - (properties[b]?.order ?? 0),
  );
  expect(names).toEqual(['account', 'token', 'hardDelete']);
});
