import { invalid } from '../invalid.ts';

/** A document or the root of a database: which database, and the path below `documents`, empty for the root. */
export interface Place {
  readonly database: string;
  readonly path: string;
}

const databasePattern = /^projects\/[^/]+\/databases\/[^/]+$/;
const placePattern = /^(projects\/[^/]+\/databases\/[^/]+)\/documents(?:\/(.+))?$/;
const reserved = /^__.*__$/s;

/** The database's name, which must be in full. @throws {GrpcError} invalid argument */
export function databaseName(name: string): string {
  if (databasePattern.test(name)) return name;
  throw invalid(`"${name}" is not a database name such as projects/demo/databases/(default).`);
}

/** A document named in full. @throws {GrpcError} invalid argument */
export function documentPlace(name: string): Place {
  const place = parentPlace(name);
  if (place.path !== '') return place;
  throw invalid(`"${name}" names no document.`);
}

/** A document, or the root of the documents, named in full. @throws {GrpcError} invalid argument */
export function parentPlace(name: string): Place {
  const [, database, path = ''] = placePattern.exec(name) ?? [];
  if (database === undefined) {
    throw invalid(
      `"${name}" is not a name such as projects/demo/databases/(default)/documents/a/b.`,
    );
  }
  const segments = path === '' ? [] : path.split('/');
  if (segments.includes('') || segments.length % 2 !== 0) {
    throw invalid(
      `"${name}" names no document: a path has collections and documents by turns, and no empty part.`,
    );
  }
  return { database, path };
}

/** Nothing, when a document of this path may be written. @throws {GrpcError} invalid argument */
export function checkWritable(path: string): void {
  const segments = path.split('/');
  if (Buffer.byteLength(path) > 6144) throw invalid('A document name has more than 6 KiB.');
  if (segments.length > 200) throw invalid('A document lies more than 100 collections deep.');
  for (const [index, segment] of segments.entries()) {
    if (segment === '.' || segment === '..') throw invalid(`An id may not be "${segment}".`);
    if (Buffer.byteLength(segment) > 1500) throw invalid('An id has more than 1,500 bytes.');
    const numeric = index % 2 === 1 && /^__id-?\d+__$/.test(segment);
    if (reserved.test(segment) && !numeric) throw invalid(`The id "${segment}" is reserved.`);
  }
}

/** The name of a document in full. */
export function fullName(database: string, path: string): string {
  return `${database}/documents/${path}`;
}

/** The path of the collection that a document is in. */
export function collectionOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The last part of a path. */
export function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
