import { invalid } from '../invalid.ts';

/** A token that says where the next page begins, by number. */
export function nextPage(offset: number): string {
  return Buffer.from(`#${offset}`).toString('base64url');
}

/** The number in a token; 0 for the first page. @throws {GrpcError} invalid argument */
export function pageOffset(token: string): number {
  if (token === '') return 0;
  const [, digits] = /^#(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (digits === undefined) throw invalid('page_token is not one that this server gave.');
  return Number(digits);
}

/** A token that says after what the next page begins, by a path or an id. */
export function pageAfter(last: string): string {
  return Buffer.from(`/${last}`).toString('base64url');
}

/** The path or id in a token; undefined for the first page. @throws {GrpcError} invalid argument */
export function lastOfPage(token: string): string | undefined {
  if (token === '') return undefined;
  const text = Buffer.from(token, 'base64url').toString();
  if (!text.startsWith('/')) throw invalid('page_token is not one that this server gave.');
  return text.slice(1);
}
