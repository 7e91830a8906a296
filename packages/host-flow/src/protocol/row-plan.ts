/** What becomes of an element of a tuple. */
export const FieldUse = {
  /** It is left out. */
  skipped: 0,
  plain: 1,
  /** It is a time, of which six digits of the fraction are kept. */
  published: 2,
  /** It becomes the text of what it is. */
  text: 3,
} as const;
export type FieldUse = (typeof FieldUse)[keyof typeof FieldUse];

/** The first elements of a tuple. */
export interface TuplePlan {
  readonly fields: readonly PlannedField[];
  /** Whether there are more elements than fields. */
  readonly isPart: boolean;
}

export interface PlannedField {
  readonly use: FieldUse;
  /** As `,"name":`; undefined when it is left out. */
  readonly name: Uint8Array | undefined;
}

/** How stores become rows. */
export interface RowPlan {
  readonly keys: TuplePlan;
  readonly values: TuplePlan;
  /** Name of the document as `,"name":`; undefined when rows have none. */
  readonly document: Uint8Array | undefined;
}

/**
 * A plan as the kernel reads it at the address `at`; undefined for rows that are their document alone,
 * of which the plan says nothing.
 */
export function encodePlan(plan: RowPlan | undefined, at: number): Uint8Array {
  if (plan === undefined) return new Uint8Array(headWords * 4);
  const { keys, values, document } = plan;
  const fields = [...keys.fields, ...values.fields];
  const names = [document, ...fields.map(({ name }) => name)];
  let end = at + (headWords + 3 * fields.length) * 4;
  const places = names.map((name) => {
    const size = name?.length ?? 0;
    end += size;
    return { start: end - size, size };
  });
  const [own = { start: 0, size: 0 }, ...others] = places;
  const words = [
    1,
    places.reduce((sum, { size }) => sum + size, 0),
    own.start,
    own.size,
    keys.fields.length,
    keys.isPart ? 1 : 0,
    values.fields.length,
    values.isPart ? 1 : 0,
    ...fields.flatMap(({ use }, index) => [
      use,
      others[index]?.start ?? 0,
      others[index]?.size ?? 0,
    ]),
  ];
  return Buffer.concat([
    new Uint8Array(Uint32Array.from(words).buffer),
    ...names.map((name) => name ?? new Uint8Array(0)),
  ]);
}

const headWords = 8;
