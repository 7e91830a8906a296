/** Where in a request something is: the keys and places that lead to it, from the root. */
export interface Position {
  readonly parent: Position | undefined;
  readonly step: string | number;
}

export type Place = Position | undefined;

/** The place of a member or an element. */
export function at(parent: Place, ...steps: readonly (string | number)[]): Place {
  return steps.reduce<Place>((place, step) => ({ parent: place, step }), parent);
}

export function stepsOf(place: Place): (string | number)[] {
  return place === undefined ? [] : [...stepsOf(place.parent), place.step];
}

/** One thing that is wrong with a query. */
export interface FaunaError {
  readonly place: Place;
  readonly code: string;
  readonly description: string;
  /** Of several errors, the one of the highest rank decides the status. */
  readonly rank: number;
  readonly status: number;
  readonly failures?: readonly { field: readonly string[]; code: string; description: string }[];
}

/** A query that cannot be answered. */
export class QueryFailure extends Error {
  override readonly name = 'QueryFailure';
  readonly errors: readonly FaunaError[];

  constructor(errors: readonly FaunaError[]) {
    super(errors[0]?.description ?? 'Failed.');
    this.errors = errors;
  }

  get status(): number {
    return this.errors.toSorted((a, b) => b.rank - a.rank)[0]?.status ?? 400;
  }
}

/** A request that fails as a whole: who asks, when, and how much, rather than what. */
export class ProtocolFailure extends Error {
  override readonly name = 'ProtocolFailure';
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }
}

/** A query that is no expression. */
export function invalidExpression(place: Place, description: string): QueryFailure {
  return failure(place, 'invalid expression', description, 3);
}

export function invalidArgument(place: Place, description: string): QueryFailure {
  return failure(place, 'invalid argument', description, 2);
}

export function permissionDenied(place: Place): QueryFailure {
  const description = 'Insufficient privileges to perform the action.';
  return failure(place, 'permission denied', description, 1, 403);
}

export function notFound(place: Place, description: string): QueryFailure {
  return failure(place, 'instance not found', description, 0, 404);
}

export function failure(
  place: Place,
  code: string,
  description: string,
  rank = 0,
  status = 400,
): QueryFailure {
  return new QueryFailure([{ place, code, description, rank, status }]);
}

/** A document whose fields are not what they have to be. */
export function validationFailed(
  place: Place,
  field: readonly string[],
  code: string,
  description: string,
): QueryFailure {
  const failures = [{ field, code, description }];
  const common = { place, code: 'validation failed', description: 'document data is not valid.' };
  return new QueryFailure([{ ...common, rank: 0, status: 400, failures }]);
}

/** The results of all; where several fail, their errors together. */
export function together<Result>(works: readonly (() => Result)[]): Result[] {
  const results: Result[] = [];
  const errors: FaunaError[] = [];
  for (const work of works) {
    try {
      results.push(work());
    } catch (error) {
      if (!(error instanceof QueryFailure)) throw error;
      errors.push(...error.errors);
    }
  }
  if (errors.length > 0) throw new QueryFailure(errors);
  return results;
}
