/**
 * Which documents: those right in the collections that a path such as `orgs/acme/users` names, where a `*` in
 * place of a document id stands for any one id.
 */
export interface PathPattern {
  readonly text: string;
  /** Collection ids and document ids by turns, from a collection to a collection. */
  readonly segments: readonly string[];
  /** The last of them. */
  readonly collectionId: string;
  /** The path of the collection up to which no `*` stands, under which all the documents are. */
  readonly concrete: string;
  /** Whether nothing but that one collection matches. */
  readonly isConcrete: boolean;
}

/** The pattern that a text spells, or undefined when it spells none: an even number of segments, or an empty one. */
export function parsePathPattern(text: string): PathPattern | undefined {
  const segments = text.split('/');
  if (segments.length % 2 === 0) return undefined;
  if (segments.some((segment, i) => segment === '' || (segment === '*' && i % 2 === 0))) {
    return undefined;
  }
  const wildcard = segments.indexOf('*');
  return {
    text,
    segments,
    collectionId: segments.at(-1) ?? '',
    concrete: (wildcard < 0 ? segments : segments.slice(0, wildcard)).join('/'),
    isConcrete: wildcard < 0,
  };
}

/** Whether the full name of a document, from `start` to `end`, is right in a collection of the pattern. */
export type NameMatcher = (bytes: Uint8Array, start: number, end: number) => boolean;

/** A matcher of full names in the database whose documents are under `root`, `projects/…/databases/…/documents`. */
export function nameMatcher(root: string, pattern: PathPattern): NameMatcher {
  const prefix = Buffer.from(`${root}/`);
  const parts = pattern.segments.map((segment, i) =>
    i % 2 > 0 && segment === '*' ? undefined : Buffer.from(segment),
  );
  return (bytes, start, end) => {
    let at = start + prefix.length;
    if (at >= end || !isAt(bytes, start, prefix)) return false;
    for (const part of parts) {
      if (part === undefined) {
        const segment = at;
        while (at < end && bytes[at] !== slash) at++;
        if (at === segment) return false;
      } else {
        if (end - at < part.length || !isAt(bytes, at, part)) return false;
        at += part.length;
      }
      if (at >= end || bytes[at] !== slash) return false;
      at++;
    }
    const id = at;
    while (at < end && bytes[at] !== slash) at++;
    return at === end && at > id;
  };
}

/** The pattern with a `*` for every document id, of the collection at `path`, such as `users/a/messages`. */
export function patternOfCollection(path: string): string {
  return path
    .split('/')
    .map((segment, i) => (i % 2 > 0 ? '*' : segment))
    .join('/');
}

const slash = 0x2f;

function isAt(bytes: Uint8Array, at: number, part: Uint8Array): boolean {
  for (let i = 0; i < part.length; i++) if (bytes[at + i] !== part[i]) return false;
  return true;
}
