import { Decimal } from '@fairlead/json';
import { backfill, changes, checkpoint, documents } from '@fairlead/testkit';

/** A stream with a value of each type that there is, and one whose columns are null. */
export const typedStream = {
  name: 'typed',
  schema: {
    type: 'object',
    properties: {
      id: { type: 'integer' },
      yes: { type: 'boolean' },
      small: { type: 'integer', minimum: 0, maximum: 100 },
      middle: { type: 'integer', minimum: 0, maximum: 100_000 },
      large: { type: 'integer' },
      huge: { type: 'integer', 'x-digits': 38 },
      price: { type: 'number', 'x-digits': 30, 'x-scale': 10 },
      ratio: { type: ['number', 'string'], format: 'number' },
      day: { type: 'string', format: 'date' },
      local: { type: 'string', format: 'date-time', airbyte_type: 'timestamp_without_timezone' },
      at: { type: 'string', format: 'date-time' },
      raw: { type: 'string', contentEncoding: 'base64' },
      page: { type: 'string', contentMediaType: 'application/xml' },
      text: { type: 'string' },
      more: { type: 'object' },
    },
    required: ['id'],
  },
  script: [
    ...backfill(
      documents([
        {
          id: 1,
          yes: false,
          small: 100,
          middle: 100_000,
          large: 2n ** 63n - 1n,
          huge: 12345678901234567890123456789012345678n,
          price: new Decimal('12345678901234567890.0123456789'),
          ratio: 'NaN',
          day: '1969-12-31',
          local: '1582-10-04T12:30:00.5',
          at: '1969-12-31T23:59:59.999999999Z',
          raw: Buffer.from([0, 255, 128]).toString('base64'),
          page: '<a>&amp;</a>',
          text: 'ö "q" \u2028 😀',
          more: { list: [1, new Decimal('0.10')], deep: { ok: true } },
        },
        { id: 2 },
      ]),
    ),
    changes(['patch', { id: 2, text: 'new' }], ['delete', { id: 1 }]),
    checkpoint,
  ],
};
