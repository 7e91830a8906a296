import picomatch from 'picomatch';

/**
 * A pattern for paths, of segments between `/`: `*` and `?` stand for any characters but `/` and not
 * for a dot at the beginning, `[…]` for one of several, `{a,b}` for one of several texts, and a
 * segment `**` for any number of folders that are not hidden.
 */
export interface Glob {
  /** What comes before the first segment with a wildcard: a folder, or a path without any. */
  readonly base: string;
  /** The segments below the base. Without any, the pattern names one file or folder. */
  readonly segments: readonly Segment[];
}

type Segment = '**' | ((name: string) => boolean);

/** Places in a pattern, as indices of segments, where a walk can be at the same time. */
export type GlobPlaces = readonly number[];

/** The globs that a pattern stands for: more than one where braces hold a `/`. */
export function parseGlobs(pattern: string): Glob[] {
  return expandBraces(pattern).map((text) => {
    const parts = text.split('/').filter((part, index) => part !== '' || index === 0);
    const wild = parts.findIndex(isWild);
    const first = wild < 0 ? parts.length : wild;
    const base = parts.slice(0, first).join('/');
    return {
      base: base === '' && text.startsWith('/') ? '/' : base,
      segments: parts.slice(first).map(toSegment),
    };
  });
}

/** Whether a text holds wildcards. */
export function isWild(text: string): boolean {
  return /[*?[{]/.test(text);
}

/** Where a walk is in a pattern when it is in the base. */
export const startPlaces: GlobPlaces = [0];

/** Where a walk is after entering the folder `name`. Empty when nothing below it can match. */
export function enterFolder({ segments }: Glob, places: GlobPlaces, name: string): GlobPlaces {
  const next = new Set<number>();
  for (const place of reachable(segments, places)) {
    const segment = segments[place];
    if (segment === '**') {
      if (!name.startsWith('.')) next.add(place);
    } else if (segment?.(name) === true && place + 1 < segments.length) next.add(place + 1);
  }
  return [...next];
}

/** Whether the file `name`, in a folder where the walk is, matches the whole pattern. */
export function matchesFile({ segments }: Glob, places: GlobPlaces, name: string): boolean {
  return reachable(segments, places).some((place) => {
    const segment = segments[place];
    if (place !== segments.length - 1 || segment === undefined) return false;
    return segment === '**' ? !name.startsWith('.') : segment(name);
  });
}

/** Places and those behind a `**`, which may stand for no folder at all. */
function reachable(segments: readonly Segment[], places: GlobPlaces): number[] {
  const all = new Set(places);
  for (const place of all) {
    if (segments[place] === '**' && place + 1 < segments.length) all.add(place + 1);
  }
  return [...all];
}

function toSegment(text: string): Segment {
  if (text === '**') return text;
  // What is a regular expression to the matcher is a plain character to users.
  const plain = text.replaceAll(/\\.|[()|+]/g, (part) => (part.length > 1 ? part : `\\${part}`));
  return picomatch(plain, { nonegate: true, noextglob: true, posix: true });
}

/** Writes out the first braces that hold a `/`, and so on: only there one segment becomes several. */
function expandBraces(pattern: string): string[] {
  for (const { start, end, options } of braces(pattern)) {
    if (!options.some((option) => option.includes('/'))) continue;
    return options.flatMap((option) =>
      expandBraces(pattern.slice(0, start) + option + pattern.slice(end)),
    );
  }
  return [pattern];
}

interface Braces {
  readonly start: number;
  readonly end: number;
  readonly options: readonly string[];
}

/** The outermost braces of a pattern, with the texts between their commas. */
function braces(pattern: string): Braces[] {
  const found: Braces[] = [];
  let depth = 0;
  let start = 0;
  let from = 0;
  let options: string[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '\\') at++;
    else if (character === '{' && depth++ === 0) {
      start = at;
      from = at + 1;
      options = [];
    } else if (character === ',' && depth === 1) {
      options.push(pattern.slice(from, at));
      from = at + 1;
    } else if (character === '}' && depth > 0 && --depth === 0) {
      found.push({ start, end: at + 1, options: [...options, pattern.slice(from, at)] });
    }
  }
  return found;
}
