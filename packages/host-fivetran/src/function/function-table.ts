import { parsePointer } from '@fairlead/json';
import { closest, Failure, type Json, type StreamInfo } from '@fairlead/sdk';

/** A stream that is read, and what is kept of it between the calls of a sync. */
export interface ChosenStream {
  readonly name: string;
  /** JSON pointers. */
  readonly key: readonly string[];
  readonly resource: Json;
}

/** A column of a table's primary key. */
export interface KeyColumn {
  readonly name: string;
  /** Where a document has it: a member, or a member of members, of which the column is made. */
  readonly path: readonly string[];
}

/** The table of a stream. */
export interface FunctionTable {
  readonly stream: string;
  readonly name: string;
  /** None when nothing identifies a row, so that rows are only added. */
  readonly key: readonly KeyColumn[];
}

/**
 * The streams that patterns choose, in the order of discovery; all of them without patterns. `*`
 * stands for any characters.
 * @throws {Failure} config, for a pattern that matches nothing.
 */
export function chooseStreams(
  offered: readonly StreamInfo[],
  patterns: readonly string[] | undefined,
): readonly ChosenStream[] {
  const names = offered.map(({ name }) => name);
  const matchers = (patterns ?? ['*']).map((pattern) => ({ pattern, matches: globOf(pattern) }));
  for (const { pattern, matches } of patterns === undefined ? [] : matchers) {
    if (!names.some(matches)) throw noMatch(pattern, names);
  }
  return offered
    .filter(({ name }) => matchers.some(({ matches }) => matches(name)))
    .map(({ name, key, resource }) => ({ name, key, resource }));
}

/**
 * The tables of streams, in their order.
 * @throws {Failure} config, when two streams would have one table.
 */
export function tablesOf(streams: readonly ChosenStream[]): readonly FunctionTable[] {
  const owners = new Map<string, string>();
  return streams.map(({ name: stream, key }) => {
    const name = plainName(stream);
    const other = owners.get(name.toLowerCase());
    if (other !== undefined) {
      throw new Failure('config', `the streams ${other} and ${stream} go into one table, ${name}`, {
        where: 'streams',
        hint: 'Leave one of them out by fairlead.streams.',
      });
    }
    owners.set(name.toLowerCase(), stream);
    const columns = key.map((pointer) => {
      const path = parsePointer(pointer);
      return { name: columnName(path.join('_')), path };
    });
    return { stream, name, key: columns };
  });
}

/** What names of Fivetran's own columns begin with. */
export const reservedPrefix = '_fivetran_';

/** What is put before the name of a member that would be one of Fivetran's own columns. */
export const reservedEscape = 'source';

/** The column of a member. */
function columnName(member: string): string {
  return member.startsWith(reservedPrefix) ? `${reservedEscape}${member}` : member;
}

/** A name of letters, digits and underscores, which Fivetran leaves as it is but for case. */
function plainName(stream: string): string {
  const plain = stream.replaceAll(/[^\p{L}\p{M}\p{N}_]+/gu, '_').replaceAll(/^_+|_+$/g, '');
  return plain === '' ? '_' : plain;
}

function globOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (name) => expression.test(name);
}

function noMatch(pattern: string, names: readonly string[]): Failure {
  const near = closest(pattern, names);
  const list = names.length === 0 ? 'none' : names.slice(0, 10).join(', ');
  return new Failure('config', `no stream matches "${pattern}"`, {
    where: 'streams',
    hint: near === undefined ? `The source offers: ${list}.` : `Did you mean "${near}"?`,
  });
}
