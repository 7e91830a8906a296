import { settingsSchema } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fileSettings } from './settings.ts';

const Settings = z.object(fileSettings);

describe('the settings of file sources', () => {
  test('have defaults for everything', () => {
    expect(Settings.parse({})).toEqual({
      format: { type: 'auto' },
      compression: 'auto',
      metadata: '_meta',
      interval: 300_000,
      onRemoved: 'keep',
    });
  });

  test.each([
    ['tab', '\t'],
    ['\\t', '\t'],
    ['\t', '\t'],
    ['space', ' '],
    ['0x1F', '\x1f'],
    ['0x01', '\x01'],
    ['|', '|'],
    ['~', '~'],
    ['0', '0'],
  ])('the delimiter %j is %j', (written, delimiter) => {
    expect(Settings.parse({ format: { type: 'csv', delimiter: written } }).format).toMatchObject({
      delimiter,
    });
  });

  test.each([
    { format: { type: 'xml' } },
    { format: { type: 'csv', delimiter: ';;' } },
    { format: { type: 'csv', delimiter: 'é' } },
    { format: { type: 'csv', delimiter: '\n' } },
    { format: { type: 'csv', columns: [] } },
    { format: { type: 'csv', types: { a: 'date' } } },
    { format: { type: 'json', path: 'data' } },
    { format: { type: 'json', path: '/a~2' } },
    { interval: '5' },
    { compression: 'zstd' },
    { metadata: '' },
    { metadata: true },
    { onRemoved: 'maybe' },
  ])('refuse %j', (written) => {
    expect(Settings.safeParse(written).success).toBe(false);
  });

  test('all have a title and a description that is a sentence', () => {
    const nameless: string[] = [];
    const visit = (schema: Record<string, unknown>, path: string) => {
      const { properties = {}, oneOf = [] } = schema as {
        properties?: Record<string, Record<string, unknown>>;
        oneOf?: Record<string, unknown>[];
      };
      for (const option of oneOf) visit(option, `${path}(${String(option['title'])})`);
      for (const [name, property] of Object.entries(properties)) {
        const here = `${path}/${name}`;
        const titled = /^[A-Z]/.test(String(property['title']));
        const described = /^[A-Z].*\.$/.test(String(property['description']));
        if (!('const' in property) && !(titled && described)) nameless.push(here);
        visit(property, here);
      }
    };
    visit(settingsSchema(Settings), '');
    expect(nameless).toEqual([]);
  });
});
