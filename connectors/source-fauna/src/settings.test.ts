import { parseSettings, Secret, settingsSchema } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { FaunaConfig, FaunaResource, streamSettings } from './settings.ts';

const server = { domain: 'localhost', port: 8443, scheme: 'http', secret: 'fnSecret' } as const;
const column = { name: 'age', path: ['data', 'age'], type: 'integer' } as const;
const columns = (...names: string[]) => names.map((name) => ({ ...column, name }));

describe('the settings', () => {
  test('need a domain only', () => {
    expect(FaunaConfig.parse({ domain: 'fauna.example.com' })).toEqual({
      domain: 'fauna.example.com',
      port: 443,
      scheme: 'https',
      collection: {
        page_size: 1000,
        deletions: { deletion_mode: 'ignore' },
        data_column: true,
        additional_columns: [],
      },
      discover_columns: false,
      api_version: '4',
    });
  });

  test('have no domain unless given: the service has ended', () => {
    expect(() => parseSettings(FaunaConfig, { secret: 'x' })).toThrow(/^domain: /);
  });

  test('of the later shape of the retired connector are taken as they are', () => {
    const config = FaunaConfig.parse({
      ...server,
      collection: {
        page_size: 16,
        deletions: { deletion_mode: 'deleted_field', column: 'gone_at' },
      },
    });
    expect(config).toMatchObject({
      domain: 'localhost',
      port: 8443,
      scheme: 'http',
      collection: {
        page_size: 16,
        deletions: { deletion_mode: 'deleted_field', column: 'gone_at' },
      },
    });
    expect(config.secret).toBeInstanceOf(Secret);
    expect(config.secret?.reveal()).toBe('fnSecret');
  });

  test('of its first shape are taken as they are', () => {
    const { collection } = FaunaConfig.parse({
      ...server,
      collection: {
        name: 'people',
        index: '',
        page_size: 64,
        data_column: false,
        additional_columns: [
          { ...column, required: false, format: 'x', airbyte_type: 'y' },
          {
            name: 'first',
            path: ['data', 'tags', '[0]', '0', '[x]'],
            type: 'string',
            required: true,
          },
        ],
        deletions: { deletion_mode: 'ignore' },
      },
    });
    expect(collection).toEqual({
      name: 'people',
      index: '',
      page_size: 64,
      data_column: false,
      additional_columns: [
        { ...column, required: false, format: 'x', airbyte_type: 'y' },
        {
          name: 'first',
          path: ['data', 'tags', 0, '0', '[x]'],
          type: 'string',
          required: true,
        },
      ],
      deletions: { deletion_mode: 'ignore' },
    });
  });

  test('call the deletion column deleted_at, and let members that they do not know pass', () => {
    const config = FaunaConfig.parse({
      ...server,
      more: 1,
      collection: { deletions: { deletion_mode: 'deleted_field' }, more: 2 },
    });
    expect(config.collection.deletions).toEqual({
      deletion_mode: 'deleted_field',
      column: 'deleted_at',
    });
  });

  test.each([
    'localhost',
    '10.0.0.1',
    '[::1]',
    '::1',
    'fauna-1.svc.cluster.local',
    'bücher.example',
  ])('take the domain %s', (domain) => {
    expect(FaunaConfig.parse({ domain }).domain).toBe(domain);
  });

  test.each<[object, string]>([
    [{ domain: '' }, 'domain: write the name of a host alone'],
    [{ domain: 'https://db.example.com' }, 'domain: write the name of a host alone'],
    [{ domain: 'db.example.com/' }, 'domain: write the name of a host alone'],
    [{ domain: 'localhost:8443' }, 'domain: write the name of a host alone'],
    [{ domain: 'me@localhost' }, 'domain: write the name of a host alone'],
    [{ port: 0 }, 'port: '],
    [{ port: 65_536 }, 'port: '],
    [{ scheme: 'ftp' }, 'scheme: '],
    [{ secret: '' }, 'secret: '],
    [{ api_version: '3' }, 'api_version: '],
    [{ collection: { page_size: 0 } }, 'collection.page_size: '],
    [{ collection: { deletions: { deletion_mode: 'soft' } } }, 'collection.deletions'],
    [{ collection: { index: 'i' } }, 'collection.index: an index belongs to one collection'],
    [
      { collection: { additional_columns: [{ ...column, path: [] }] } },
      'collection.additional_columns[0].path: ',
    ],
    [
      { collection: { additional_columns: [{ ...column, type: 'text' }] } },
      'collection.additional_columns[0].type: ',
    ],
  ])('refuse %j', (settings, message) => {
    expect(() => parseSettings(FaunaConfig, { ...server, ...settings })).toThrow(message);
  });

  // C5: nobody is asked, as a client is only made of settings that parse.
  test.each<[string, object, string]>([
    ...['ref', 'ts', 'data', '_meta'].map((name): [string, object, string] => [
      `the reserved name ${name}`,
      { additional_columns: columns(name) },
      `collection.additional_columns[0].name: additional column cannot have reserved name '${name}'`,
    ]),
    [
      'one name twice',
      { additional_columns: columns('a', 'b', 'a') },
      "collection.additional_columns[2].name: additional columns cannot have duplicate name 'a'",
    ],
    ['no name', { additional_columns: columns('') }, 'collection.additional_columns[0].name: '],
    [
      'the name of the deletion column',
      {
        deletions: { deletion_mode: 'deleted_field', column: 'gone' },
        additional_columns: columns('a', 'gone'),
      },
      "collection.additional_columns[1].name: additional columns cannot have the name of the deletion column 'gone'",
    ],
    [
      'a reserved name for the deletion column',
      { deletions: { deletion_mode: 'deleted_field', column: 'ttl' } },
      "collection.deletions.column: the deletion column cannot have reserved name 'ttl'",
    ],
  ])('refuse %s in columns', (_what, collection, message) => {
    expect(() => parseSettings(FaunaConfig, { ...server, collection })).toThrow(message);
  });

  test('let a column be called ttl, or as the deletion column of those who want none', () => {
    const additional_columns = columns('ttl', 'deleted_at');
    const { collection } = FaunaConfig.parse({ ...server, collection: { additional_columns } });
    expect(collection.additional_columns.map(({ name }) => name)).toEqual(['ttl', 'deleted_at']);
  });

  test('take the largest page that a server gives for a larger one', () => {
    const config = (api_version: string) =>
      FaunaConfig.parse({ ...server, api_version, collection: { page_size: 1_000_000 } });
    const pageSize = (api_version: string) =>
      streamSettings(config(api_version), FaunaResource.parse({ collection: 'a' })).pageSize;
    expect([pageSize('4'), pageSize('10')]).toEqual([100_000, 16_000]);
  });
});

describe('a form', () => {
  const schema = settingsSchema(FaunaConfig);

  test('has the names of the settings that others know', () => {
    expect(schema).toMatchObject({
      required: ['domain'],
      properties: {
        domain: { type: 'string', title: 'Domain', order: 0 },
        port: { type: 'integer', title: 'Port', order: 1, default: 443 },
        scheme: { title: 'Scheme', order: 2, default: 'https', enum: ['https', 'http'] },
        secret: { type: 'string', title: 'Fauna Secret', order: 3, secret: true },
        collection: {
          title: 'Collection',
          properties: {
            name: { type: 'string' },
            index: { type: 'string', title: 'Index' },
            page_size: { type: 'integer', title: 'Page Size', default: 1000 },
            data_column: { type: 'boolean', default: true },
            deletions: {
              title: 'Deletion Mode',
              oneOf: [
                { title: 'Disabled', properties: { deletion_mode: { const: 'ignore' } } },
                {
                  title: 'Enabled',
                  properties: {
                    deletion_mode: { const: 'deleted_field' },
                    column: { title: 'Deleted At Column', default: 'deleted_at' },
                  },
                },
              ],
            },
            additional_columns: {
              type: 'array',
              items: {
                required: ['name', 'path', 'type'],
                properties: {
                  name: { type: 'string' },
                  path: { type: 'array', items: { type: 'string' } },
                  required: { type: 'boolean', default: true },
                },
              },
            },
          },
        },
      },
    });
    expect(JSON.stringify(schema)).not.toContain('"default":"db.fauna.com"');
  });

  test.each([schema, settingsSchema(FaunaResource)])('tells of each setting what it is', (form) => {
    const check = (properties: Record<string, Record<string, unknown>>) => {
      for (const [name, property] of Object.entries(properties)) {
        if (name === 'deletion_mode') continue;
        expect(property['title'], name).toMatch(/^[A-Z]/);
        expect(property['description'], name).toMatch(/\b[Yy]our?\b.*\.$/s);
        const nested = [property, property['items'], ...((property['oneOf'] as object[]) ?? [])];
        for (const inner of nested) {
          const members = (inner as Record<string, unknown> | undefined)?.['properties'];
          if (members !== undefined) check(members as typeof properties);
        }
      }
    };
    check(form['properties'] as Record<string, Record<string, unknown>>);
  });
});

describe('a binding', () => {
  const config = FaunaConfig.parse({
    ...server,
    collection: {
      name: 'people',
      index: 'people_ts',
      data_column: false,
      additional_columns: columns('age'),
      deletions: { deletion_mode: 'deleted_field', column: 'gone' },
    },
  });
  const settingsOf = (resource: object) => streamSettings(config, FaunaResource.parse(resource));

  test('has what the connection says', () => {
    expect(settingsOf({ collection: 'people' })).toEqual({
      collection: 'people',
      index: 'people_ts',
      dataColumn: false,
      columns: [{ ...column, required: true }],
      deletionColumn: 'gone',
      pageSize: 1000,
    });
  });

  test('has what it says itself', () => {
    expect(
      settingsOf({
        collection: 'people',
        index: 'other',
        additional_columns: columns('b'),
      }),
    ).toMatchObject({
      index: 'other',
      columns: [{ name: 'b' }],
    });
  });

  test('of another collection has not the index of the one that is named', () => {
    expect(settingsOf({ collection: 'other' }).index).toBeUndefined();
  });

  test('has no deletion column when deletions are ignored', () => {
    const ignoring = FaunaConfig.parse(server);
    const settings = streamSettings(ignoring, FaunaResource.parse({ collection: 'a', index: '' }));
    expect(settings).toMatchObject({ index: undefined, deletionColumn: undefined });
  });

  test.each<[object, string]>([
    [{}, 'collection'],
    [{ collection: '' }, 'collection'],
    [{ collection: 'a', additional_columns: columns('ref') }, "reserved name 'ref'"],
    [{ collection: 'a', additional_columns: columns('a', 'a') }, "duplicate name 'a'"],
  ])('%j is none', (resource, message) => {
    expect(() => parseSettings(FaunaResource, resource)).toThrow(message);
  });
});
