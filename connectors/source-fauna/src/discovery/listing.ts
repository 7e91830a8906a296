import { extract } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import type { Fauna } from '../client/fauna.ts';
import { paginate, raw, type Expression } from '../wire/expression.ts';
import { isRecord, memberOf, type Tagged } from './tagged.ts';

/**
 * The elements of all pages of a set, in its order: for sets of what a schema is made of.
 * @param mapped what to read of a page in place of it.
 */
export async function listSet(
  fauna: Fauna,
  set: Expression,
  signal: AbortSignal,
  mapped: (page: Expression) => Expression = (page) => page,
): Promise<readonly unknown[]> {
  const elements: unknown[] = [];
  let after: Expression | undefined;
  do {
    const answer = await fauna.query(mapped(paginate(set, { size: pageSize, after })), signal);
    const page = pageOf(memberOf(answer, 'resource', fauna.server), fauna.server);
    for (const element of page.data) elements.push(element);
    const place = extract(answer, 0, answer.length, ['resource', 'after']);
    after = place && raw(answer.subarray(place.start, place.end));
  } while (after !== undefined);
  return elements;
}

/** The documents of a set in FQL v10, from all of its pages, in its order. */
export async function listFql(
  fauna: Fauna,
  set: string,
  signal: AbortSignal,
): Promise<readonly Tagged[]> {
  const documents: Tagged[] = [];
  let answer = await fauna.fql(`${set}.pageSize(${pageSize})`, {}, signal);
  for (;;) {
    const value = memberOf(answer, 'data', fauna.server);
    const { data, after } = pageOf(
      isRecord(value) ? (value['@set'] ?? value) : value,
      fauna.server,
    );
    for (const element of data) {
      const document = isRecord(element) ? (element['@doc'] ?? element) : undefined;
      if (isRecord(document)) documents.push(document);
    }
    if (after === undefined) return documents;
    answer = await fauna.fql('Set.paginate(after)', { after }, signal);
  }
}

const pageSize = 1000;

function pageOf(
  page: unknown,
  where: string,
): { readonly data: readonly unknown[]; after?: unknown } {
  const data = isRecord(page) ? page['data'] : undefined;
  if (!isRecord(page) || !Array.isArray(data)) {
    throw new Failure('data', 'the answer is no page where one was asked for', { where });
  }
  return { data, after: page['after'] };
}
