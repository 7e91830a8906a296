import { shapeOf, ValueClass } from '@fairlead/json';
import { expect, test } from 'vitest';
import { documentSchemaOf } from './document-schema.ts';

test('a later version of a document takes the place of an earlier one', () => {
  expect(documentSchemaOf()).toMatchObject({
    type: 'object',
    required: ['_meta'],
    reduce: { strategy: 'maximize', key: ['/_meta/mtime'] },
    'x-infer-schema': true,
  });
  expect(documentSchemaOf()).not.toHaveProperty('additionalProperties');
});

test('hosts know what is in _meta', () => {
  const { string, dateTime, boolean } = ValueClass;
  const members = shapeOf(documentSchemaOf()).properties?.get('_meta')?.properties;
  const known = [...(members ?? [])].map(([name, { classes, optional }]) => [
    name,
    { classes, optional },
  ]);
  expect(Object.fromEntries(known)).toMatchObject({
    path: { optional: false },
    ctime: { classes: dateTime, optional: true },
    mtime: { classes: dateTime, optional: false },
    delete: { classes: boolean, optional: true },
    snapshot: { classes: boolean, optional: true },
  });
  expect((members?.get('path')?.classes ?? 0) & string).toBe(string);
});
