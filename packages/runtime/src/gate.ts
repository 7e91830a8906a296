import {
  createObserver,
  isWithin,
  mergeShapes,
  ValueClass,
  widens,
  type Observation,
  type Shape,
} from '@fairlead/json';
import { countOf, Failure, selectDocuments, type Documents } from '@fairlead/sdk';
import { describeClasses } from './describe-classes.ts';
import { positionOf } from './position.ts';
import type { SelectedStream } from './select.ts';

/** What came of looking at a batch. */
export interface Admission {
  /** The documents that fit the table, with its present shape. */
  readonly documents: Documents;
  /** The shape to which the table must grow before they are stored; absent when it fits. */
  readonly grown?: Shape;
  /** Documents that are kept out, with the reason. */
  readonly quarantined: readonly Misfit[];
}

export interface Misfit {
  /** Index in the batch. */
  readonly document: number;
  readonly field: string;
  readonly reason: string;
}

/**
 * Lets the documents of one stream pass to a table, by the stream's schema contract. Every document
 * is looked at, and none that does not fit goes on unseen.
 */
export class Gate {
  readonly #stream: SelectedStream;
  readonly #observer = createObserver();
  #shape: Shape;
  /** What the table's columns can take, which is wider. */
  #accepted: Shape;
  /** Whether the first batch may still shape the table, whatever the contract. */
  #fresh: boolean;
  #seen = 0;

  /** @param fresh whether the stream has never been stored, so that its first batch may shape the table. */
  constructor(stream: SelectedStream, shape: Shape, fresh: boolean) {
    this.#stream = stream;
    this.#shape = shape;
    this.#fresh = fresh;
    this.#accepted = this.#accept();
  }

  /** The shape of everything that was let pass so far, and of what was known before. */
  get shape(): Shape {
    return this.#shape;
  }

  /**
   * Looks at a batch, unless its bounds tell enough.
   * @throws {Failure} data, for a document that does not fit under `freeze`, and for one that no
   * table can hold under any contract but `quarantine`.
   */
  admit(documents: Documents): Admission {
    const first = this.#seen;
    this.#seen += countOf(documents);
    if (documents.shape !== undefined && isWithin(documents.shape, this.#accepted)) {
      this.#fresh = false;
      return { documents, quarantined: [] };
    }
    const observation = this.#observer.observe(documents);
    if (observation.misfits.length === 0 && observation.duplicate < 0) {
      this.#fresh = false;
      return { documents, quarantined: [] };
    }
    const { contract } = this.#stream.rule;
    if (contract === 'quarantine' && !this.#fresh) return this.#keepOut(documents, observation);
    if (observation.duplicate >= 0) throw this.#twice(documents, observation, first);
    if (contract === 'freeze' && !this.#fresh) throw this.#frozen(documents, observation, first);
    this.#fresh = false;
    return this.#grow(documents, observation, first);
  }

  #grow(documents: Documents, observation: Observation, first: number): Admission {
    const { textual = false } = this.#stream.info;
    const seen = withKnownInsides(observation.shape(), this.#shape);
    this.#assertKey(documents, observation, first);
    const grown = mergeShapes(this.#shape, seen, { textual });
    const changed = widens(this.#shape, grown);
    this.#shape = grown;
    this.#accepted = this.#accept();
    return { documents, quarantined: [], ...(changed ? { grown } : {}) };
  }

  #keepOut(documents: Documents, observation: Observation): Admission {
    const out = new Map<number, Misfit>();
    for (const document of observation.misfits) {
      const [worst] = observation.explain(documents, document);
      const field = worst?.field ?? '';
      const reason =
        worst === undefined ? 'a field comes twice' : misfitReason(worst.classes, worst.accepted);
      out.set(document, { document, field, reason });
    }
    const kept = selectDocuments(documents, (index) => !out.has(index));
    return { documents: kept, quarantined: [...out.values()] };
  }

  /** Hands the observer what the table's columns can take. */
  #accept(): Shape {
    const { textual = false } = this.#stream.info;
    const properties = new Map<string, Shape>();
    for (const [name, member] of this.#shape.properties ?? []) {
      const isKey = this.#stream.write === 'merge' && this.#stream.key.includes(`/${name}`);
      const classes = acceptedClasses(member.classes, textual);
      properties.set(name, {
        ...member,
        classes: isKey ? classes & ~ValueClass.null : classes,
      });
    }
    const accepted = { ...this.#shape, properties };
    this.#observer.accept(accepted);
    return accepted;
  }

  /** A key that is null is a misfit that no growth can mend. */
  #assertKey(documents: Documents, observation: Observation, first: number): void {
    if (this.#stream.write !== 'merge') return;
    for (const document of observation.misfits) {
      const bad = observation
        .explain(documents, document)
        .find(
          ({ field, classes }) =>
            this.#stream.key.includes(`/${field}`) && (classes & ValueClass.null) !== 0,
        );
      if (bad !== undefined) {
        throw this.#failure(documents, document, first, `the key field "${bad.field}" is null`);
      }
    }
  }

  #twice(documents: Documents, { duplicate }: Observation, first: number): Failure {
    return this.#failure(
      documents,
      duplicate,
      first,
      'a field comes twice in one document',
      'With contract: quarantine such documents are set aside.',
    );
  }

  #frozen(documents: Documents, observation: Observation, first: number): Failure {
    const document = observation.misfits[0] ?? 0;
    const [worst] = observation.explain(documents, document);
    const what =
      worst === undefined
        ? 'a field comes twice in one document'
        : `the field "${worst.field}" ${misfitReason(worst.classes, worst.accepted)}`;
    return this.#failure(
      documents,
      document,
      first,
      what,
      'The stream is frozen; contract: evolve lets the table grow, contract: quarantine sets such documents aside.',
    );
  }

  #failure(documents: Documents, document: number, first: number, what: string, hint?: string) {
    const { info, key } = this.#stream;
    const position = positionOf(documents, document, key) ?? `document ${first + document + 1}`;
    return new Failure('data', what, {
      where: `stream ${info.name}, ${position}`,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** What was seen of the members, which is not looked into, with what is known of their insides. */
function withKnownInsides(seen: Shape, known: Shape): Shape {
  const properties = new Map<string, Shape>();
  for (const [name, member] of seen.properties ?? []) {
    const { properties: inner, items } = known.properties?.get(name) ?? {};
    properties.set(name, {
      ...member,
      ...(inner === undefined ? {} : { properties: inner }),
      ...(items === undefined ? {} : { items }),
    });
  }
  return { ...seen, properties };
}

function misfitReason(classes: number, accepted: number): string {
  if (accepted === 0) return 'is not in the table';
  return `holds ${describeClasses(classes & ~accepted)} where the table takes ${describeClasses(accepted)}`;
}

const integers = ValueClass.safeInteger | ValueClass.longInteger;
const strings = ValueClass.string | ValueClass.date | ValueClass.dateTime | ValueClass.uuid;
const nested = ValueClass.object | ValueClass.array;
const numbers =
  integers |
  ValueClass.wideInteger |
  ValueClass.double |
  ValueClass.decimal |
  ValueClass.wildNumber;

/** The classes that a column for values of `classes` can take as well, without loss. Null always is one. */
function acceptedClasses(classes: number, textual: boolean): number {
  const scalars = classes & (ValueClass.boolean | numbers | strings);
  const families = [ValueClass.boolean, numbers, strings].filter(
    (family) => (scalars & family) !== 0,
  );
  if ((classes & nested) !== 0 || (families.length > 1 && !textual)) return ~0;
  let accepted = classes | ValueClass.null;
  if ((scalars & ValueClass.string) !== 0)
    accepted |= textual ? strings | numbers | ValueClass.boolean : strings;
  if (scalars === ValueClass.longInteger) accepted |= ValueClass.safeInteger;
  if ((scalars & numbers) === ValueClass.double) accepted |= ValueClass.safeInteger;
  if ((scalars & ValueClass.wideInteger) !== 0) accepted |= integers;
  return accepted;
}
