/** The least id that can come after an id, so that all that is below the document comes before it. */
export function idAfter(id: string): string {
  const digits = /^__id(-?\d{1,19})__$/.exec(id)?.[1];
  if (digits === undefined) return `${id}\0`;
  const number = BigInt(digits);
  if (BigInt.asIntN(64, number) !== number) return `${id}\0`;
  // Ids that are numbers come before all others.
  return number === greatestNumber ? '\0' : `__id${number + 1n}__`;
}

const greatestNumber = 2n ** 63n - 1n;
