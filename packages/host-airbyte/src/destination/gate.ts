import {
  ByteWriter,
  createObserver,
  emptyShape,
  encodeString,
  members,
  type BoundedLines,
  type Lines,
  type Misfit,
  type Observation,
  type Shape,
} from '@fairlead/json';
import { Failure, startOf } from '@fairlead/sdk';
import { coerce, type Change } from './coerce.ts';
import { acceptedClasses, reserved, type StreamColumn } from './columns.ts';
import type { SpecialRow } from './stamp.ts';

/** The member that says when a row was deleted, in streams that are read from a database's log. */
export const deletedAtMember = '_ab_cdc_deleted_at';

/** Looks at documents and finds those that do not fit their columns as they are. */
export class Gate {
  readonly #columns: ReadonlyMap<string, StreamColumn>;
  readonly #accepted: Map<string, Shape>;
  readonly #classes: Map<string, number>;
  readonly #where: string;
  readonly #observer = createObserver();
  /** Members that are no column. They are let pass, as nobody will look at them. */
  #undeclared = 0;

  /** @param deletes whether a document with {@link deletedAtMember} takes its row away. */
  constructor(columns: readonly StreamColumn[], deletes: boolean, where: string) {
    this.#where = where;
    this.#columns = new Map(columns.map((column) => [column.name, column]));
    this.#accepted = new Map(
      columns.map((column) => [column.name, accepting(acceptedClasses(column))]),
    );
    if (deletes) this.#accepted.set(deletedAtMember, accepting(isNull));
    this.#classes = new Map([...this.#accepted].map(([name, { classes }]) => [name, classes]));
    this.#accept();
  }

  /**
   * The `ValueClass` bits of what each member may have in a document about which nothing is to be
   * done: so also when it has no member twice, nor any other. Grows as members are learned.
   */
  get accepted(): ReadonlyMap<string, number> {
    return this.#classes;
  }

  /**
   * What is to be done about documents, by index, ascending; mostly there are none.
   * @throws {Failure} data, for a key that does not fit its column.
   */
  look(lines: BoundedLines): Map<number, SpecialRow> {
    const special = new Map<number, SpecialRow>();
    if (lines.shape !== undefined && this.#takes(lines.shape)) return special;
    let observation = this.#observer.observe(lines);
    if (observation.misfits.length === 0) return special;
    if (this.#learn(observation)) observation = this.#observer.observe(lines);
    for (const index of observation.misfits) {
      const row = this.#mend(lines, index, observation.explain(lines, index));
      if (row !== undefined) special.set(index, row);
    }
    return special;
  }

  /** Whether documents within these bounds all fit. */
  #takes({ properties }: Shape): boolean {
    for (const [name, { classes }] of properties ?? []) {
      const accepted = this.#accepted.get(name)?.classes ?? 0;
      if ((classes & ~accepted) !== 0 || !this.#accepted.has(name)) return false;
    }
    return true;
  }

  /** Lets members pass that are no column. Answers whether there are new ones. */
  #learn(observation: Observation): boolean {
    const before = this.#undeclared;
    for (const name of observation.shape().properties?.keys() ?? []) {
      if (this.#accepted.has(name) || reserved.has(name)) continue;
      if (this.#undeclared === mostUndeclared) break;
      this.#accepted.set(name, accepting(~0));
      this.#classes.set(name, ~0);
      this.#undeclared++;
    }
    if (this.#undeclared === before) return false;
    this.#accept();
    return true;
  }

  #accept(): void {
    this.#observer.accept({ ...emptyShape, properties: this.#accepted });
  }

  /** The document with each value as its column takes it, and of repeated members the last. */
  #mend(lines: Lines, index: number, misfits: readonly Misfit[]): SpecialRow | undefined {
    const start = startOf(lines, index);
    const end = lines.ends[index] ?? start;
    const bytes = Buffer.from(lines.bytes.buffer, lines.bytes.byteOffset, lines.bytes.length);
    const found = new Map([...members(bytes, start, end)].map((member) => [member.name, member]));
    const deletion = misfits.find(({ field }) => field === deletedAtMember);
    const deleted = deletion !== undefined && this.#deletes(deletion);
    const wrong = new Set(misfits.map(({ field }) => field));
    const changes: string[] = [];
    const out = new ByteWriter(end - start);
    out.byte(openBrace);
    let isFirst = true;
    for (const member of found.values()) {
      if (reserved.has(member.name)) continue;
      if (!isFirst) out.byte(comma);
      isFirst = false;
      encodeString(member.name, out);
      out.byte(colon);
      const column = this.#columns.get(member.name);
      const isLeft = column === undefined || column.name === deletedAtMember;
      if (isLeft || !wrong.has(member.name)) {
        out.bytes(bytes.subarray(member.start, member.end));
        continue;
      }
      const { json, change } = coerce(
        column.kind,
        bytes.toString('utf8', member.start, member.end),
      );
      if (column.key && change !== undefined) throw this.#wrongKey(column.name);
      if (change !== undefined) changes.push(describe(member.name, change));
      out.utf8(json);
    }
    out.byte(closeBrace);
    out.byte(newline);
    return {
      line: out.take(),
      ...(changes.length === 0 ? {} : { changes: Buffer.from(changes.join(',')) }),
      ...(deleted ? { deleted } : {}),
    };
  }

  /** Whether more than a null was seen in the member that marks deletions. */
  #deletes({ classes, accepted }: Misfit): boolean {
    return accepted === isNull && (classes & ~isNull) !== 0;
  }

  #wrongKey(name: string): Failure {
    return new Failure('data', `a value of the key field "${name}" does not fit its column`, {
      where: this.#where,
      hint: 'Choose another primary key, or correct its type in the schema of the stream.',
    });
  }
}

/** A change as `_airbyte_meta` has it. */
function describe(field: string, { change, reason }: Change): string {
  return JSON.stringify({ field, change, reason });
}

function accepting(classes: number): Shape {
  return { ...emptyShape, classes, integerDigits: mostDigits, scale: mostDigits };
}

/** The `ValueClass` bit of null. */
const isNull = 1;
/** More than any number has, so that only the class of a number counts. */
const mostDigits = 0x7fff_ffff;
/** Documents whose members have endless names shall not fill the memory. */
const mostUndeclared = 2000;
const newline = 0x0a;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
