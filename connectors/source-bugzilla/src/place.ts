/** A place in the list of bugs by their last change and, at the same second, their id. */
export interface Place {
  /** When the last bug that was read has changed, as the API writes it. */
  readonly since: string;
  /** Its id; 0 before the first bug. */
  readonly id: number;
  /** How many bugs of this second were read, which is how many rows of it are behind us. */
  readonly ties: number;
}

interface ChangedBug {
  readonly id: number;
  readonly last_change_time: string;
}

/** Whether a bug comes later in the list. Times in one form, and in UTC, are compared as texts. */
export function isAfter(bug: ChangedBug, { since, id }: Pick<Place, 'since' | 'id'>): boolean {
  const at = bug.last_change_time;
  return at > since || (at === since && bug.id > id);
}

/** Whether a bug is the one of a place, and has not changed since. */
export function isAt(
  bug: ChangedBug | undefined,
  { since, id }: Pick<Place, 'since' | 'id'>,
): boolean {
  return bug?.id === id && bug.last_change_time === since;
}

/** The place after these bugs, which follow on `place`. */
export function placeAfter(place: Place, bugs: readonly ChangedBug[]): Place {
  const last = bugs.at(-1);
  if (last === undefined) return place;
  const since = last.last_change_time;
  const before = since === place.since ? place.ties : 0;
  const ties = bugs.filter((bug) => bug.last_change_time === since).length;
  return { since, id: last.id, ties: before + ties };
}
