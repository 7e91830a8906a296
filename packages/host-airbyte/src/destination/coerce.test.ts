import { expect, test } from 'vitest';
import { coerce } from './coerce.ts';
import type { ColumnKind } from './columns.ts';

const nulled = ['null', 'NULLED', 'DESTINATION_TYPECAST_ERROR'];
const outside = ['null', 'NULLED', 'DESTINATION_FIELD_SIZE_LIMITATION'];
const cut = (json: string) => [json, 'TRUNCATED', 'DESTINATION_FIELD_SIZE_LIMITATION'];
const same = (json: string) => [json];

test.each<{ kind: ColumnKind; json: string; is: readonly string[] }>([
  { kind: 'integer', json: '12.0', is: same('12') },
  { kind: 'integer', json: '-12e2', is: same('-1200') },
  { kind: 'integer', json: '9223372036854775807.0', is: same('9223372036854775807') },
  { kind: 'integer', json: '9223372036854775808', is: outside },
  { kind: 'integer', json: '1e99999', is: outside },
  { kind: 'integer', json: '1.5', is: nulled },
  { kind: 'integer', json: '"1"', is: nulled },
  { kind: 'number', json: '1152921504606846976', is: same('1152921504606846976') },
  { kind: 'number', json: '9007199254740993', is: cut('9007199254740992') },
  { kind: 'number', json: '0.12345678901234567890', is: cut('0.12345678901234568') },
  { kind: 'number', json: '1e999', is: outside },
  { kind: 'number', json: 'true', is: nulled },
  { kind: 'date-time', json: '"2024-02-29 01:02:03"', is: same('"2024-02-29T01:02:03Z"') },
  { kind: 'date-time', json: '"2024-02-29T01:02+0530"', is: same('"2024-02-29T01:02:00+05:30"') },
  { kind: 'date-time', json: '"2024-02-29"', is: same('"2024-02-29T00:00:00Z"') },
  {
    kind: 'date-time',
    json: '"2024-02-29T01:02:03.1234560Z"',
    is: same('"2024-02-29T01:02:03.123456Z"'),
  },
  {
    kind: 'date-time',
    json: '"2024-02-29T01:02:03.123456789Z"',
    is: cut('"2024-02-29T01:02:03.123456Z"'),
  },
  { kind: 'date-time', json: '"2023-02-29T01:02:03Z"', is: nulled },
  { kind: 'date-time', json: '"today"', is: nulled },
  { kind: 'date-time', json: '1700000000', is: nulled },
  { kind: 'date', json: '"2023-02-29"', is: nulled },
  { kind: 'string', json: '1', is: nulled },
  { kind: 'boolean', json: '"true"', is: nulled },
  { kind: 'object', json: '[]', is: nulled },
])('$json in a column of $kind is $is', ({ kind, json, is }) => {
  const { json: fitting, change } = coerce(kind, json);
  expect([fitting, ...(change === undefined ? [] : [change.change, change.reason])]).toEqual(is);
});
