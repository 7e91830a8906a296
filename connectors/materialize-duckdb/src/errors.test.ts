import { Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { asFailure } from './errors.ts';

const place = { path: 'shop.duckdb', table: 'table main.orders' };

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: some text, write`), { code });
}

test.each([
  ['ENOSPC', 'access'],
  ['EDQUOT', 'access'],
  ['EFBIG', 'access'],
  ['EACCES', 'access'],
  ['EPERM', 'access'],
  ['EROFS', 'access'],
  ['EISDIR', 'config'],
  ['ENOENT', 'config'],
  ['ENOTDIR', 'config'],
  ['EMFILE', 'transient'],
  ['EIO', 'transient'],
])('%s of the system is a failure of kind %s that says where', (code, kind) => {
  expect(asFailure(systemError(code), place)).toMatchObject({ kind, where: place.table });
});

test.each([
  ['IO Error: Could not write file "x": No space left on device', 'access'],
  ['IO Error: Cannot open file "x": Permission denied', 'access'],
  ['IO Error: Cannot open file "x": Read-only file system', 'access'],
  ['IO Error: Could not fsync: something else', 'access'],
  [
    'IO Error: Trying to read a database file with version number 99, but we can only read version 64.',
    'config',
  ],
  ['Serialization Error: Failed to deserialize: field id mismatch, expected: 1, got: 2', 'config'],
  ['Out of Memory Error: could not allocate block of size 256.0 KiB', 'config'],
  ['Constraint Error: NOT NULL constraint failed: t.a', 'data'],
  ["Conversion Error: Could not convert string 'abc' to INT64\n\nLINE 1: select", 'data'],
  ['Out of Range Error: Overflow', 'data'],
  ['TransactionContext Error: Conflict on update!', 'transient'],
  ['TransactionContext Error: Catalog write-write conflict on alter with "t"', 'transient'],
  ['Catalog Error: Table with name t does not exist!', 'config'],
])('%s is a failure of kind %s', (message, kind) => {
  expect(asFailure(new Error(message), place)).toMatchObject({ name: 'Failure', kind });
});

test('a lock is a transient failure that names the process, when DuckDB does', () => {
  const lock = 'IO Error: Could not set lock on file "/a/shop.duckdb": ';
  const held = `${lock}Conflicting lock is held in /usr/bin/node (PID 4711). See also https://x`;
  expect(asFailure(new Error(held), place)).toMatchObject({
    kind: 'transient',
    message: 'the database is in use by another process (PID 4711)',
    where: 'shop.duckdb',
  });
  expect(asFailure(new Error(`${lock}Resource unavailable`), place)).toMatchObject({
    message: 'the database is in use by another process',
  });
});

describe('no value of a document is in a message:', () => {
  test.each([
    [
      "Conversion Error: Could not convert string 's3cret' to INT64\n\nLINE 1: select 's3cret'",
      'INT64',
    ],
    ["Conversion Error: Could not convert string 'it's s3cret' to DECIMAL(38,2)", 'DECIMAL(38,2)'],
    ["Conversion Error: Could not convert string 's3cret\n\ns3cret' to UUID", ''],
    ["Conversion Error: Could not convert string 's3cret", 'Could not convert string'],
    ['Conversion Error: Malformed JSON at byte 0. Input: "s3cret"', 'Malformed JSON'],
    [
      'Invalid Input Error: JSON transform error in file "/s/f.jsonl", in line 7: Failed to cast value to numerical: "s3cret"\nTry setting',
      'Failed to cast value to numerical',
    ],
    ["Conversion Error: Type INT128 with value 4711.5 can't be cast to INT64", 'INT128'],
    ['Constraint Error: Duplicate key "id: 4711" violates primary key constraint.', 'violates'],
  ])('%s', (message, kept) => {
    const failure = asFailure(new Error(message), place);
    if (!(failure instanceof Failure)) throw new Error('it is no failure');
    expect(failure.message).not.toMatch(/s3cret|4711/);
    expect(failure.message).toContain(kept);
    expect(failure.message).not.toContain('\n');
    expect(failure.cause).toBeUndefined();
  });
});

test.each([
  ['a bug of DuckDB', new Error('INTERNAL Error: assertion failed')],
  ['a bug of ours', new TypeError('x is not a function')],
  ['a system error of no known code', systemError('EWHATEVER')],
  ['a failure', new Failure('state', 'fenced off')],
  ['what is no error', 'text'],
])('%s is left as it is', (_, error) => {
  expect(asFailure(error, place)).toBe(error);
});
