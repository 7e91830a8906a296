import type { JsonSchema } from '@fairlead/json';
import { Failure, unknownMembers } from '@fairlead/sdk';
import type { Path, PlacedDocument } from './placed-document.ts';

/** Something wrong with one setting. */
export interface Problem {
  /** A key that nobody knows, one that is not there, or a value that is not taken. */
  readonly is: 'unknown' | 'missing' | 'invalid';
  readonly path: Path;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
  readonly hint?: string;
}

/** Members of `value` that `schema` has no place for. */
export function unknownKeys(schema: JsonSchema, value: unknown): readonly Problem[] {
  return unknownMembers(schema, value).map(({ path, suggestion }) => ({
    is: 'unknown',
    path,
    message: `unknown key "${String(path.at(-1))}"`,
    suggestion,
  }));
}

/**
 * Ends with the first of the problems by its place in the file. A key is not called missing where
 * another one was probably meant to be it.
 *
 * @throws {Failure} config, when there is any problem.
 */
export function refuse(document: PlacedDocument, problems: readonly Problem[]): void {
  const meant = new Set(problems.map(({ suggestion }) => suggestion));
  const real = problems.filter(
    ({ is, path }) => is !== 'missing' || !meant.has(String(path.at(-1))),
  );
  const placed = real
    .map((problem) => ({ problem, offset: offsetOf(document, problem) }))
    .toSorted((a, b) => a.offset - b.offset);
  const [first] = placed;
  if (first === undefined) return;
  const count = placed.length === 1 ? '' : ` (the first of ${placed.length} problems)`;
  const { hint } = first.problem;
  throw new Failure('config', `${messageOf(first.problem)}${count}`, {
    where: document.place(first.offset),
    ...(hint === undefined ? {} : { hint }),
  });
}

function offsetOf(document: PlacedDocument, { is, path }: Problem): number {
  return document.offsetOf(path, is === 'invalid' ? 'value' : 'key');
}

/** The problem as a phrase, with what was probably meant. */
export function messageOf({ message, suggestion }: Problem): string {
  return suggestion === undefined ? message : `${message}; did you mean "${suggestion}"?`;
}
