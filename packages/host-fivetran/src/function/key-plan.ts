import type { KeyColumn } from './function-table.ts';

/** What `kernel/find.ts` looks for, as it wants it from {@link planAt} on. */
export interface KeyPlan {
  readonly bytes: Uint8Array;
  readonly membersEnd: number;
  readonly columnsAt: number;
  readonly columnsEnd: number;
}

/** The address that plans are made for, and how long one is at most. */
export const planAt = 1024;
export const mostPlanBytes = 16 * 1024;

/**
 * The plan for a key. Undefined when the kernel cannot read it: it has no columns, or one twice, or one
 * that is deeper than in a member of a member, or very long names, or some that JSON has escapes for.
 */
export function planKey(columns: readonly KeyColumn[]): KeyPlan | undefined {
  const paths = columns.map(({ path }) => path);
  const isPlain = paths.every(({ length }) => length === 1 || length === 2) && areApart(paths);
  const names = [...columns.map(({ name }) => name), ...paths.flat()];
  if (columns.length === 0 || !isPlain || names.some((name) => hasEscapes.test(name)))
    return undefined;
  const plan = writePlan(columns);
  return plan.bytes.length > mostPlanBytes ? undefined : plan;
}

/** What is escaped in JSON, or may be without need. */
const hasEscapes = /["\\/\p{Cc}\p{Cs}]/u;

/** Whether none leads to the same place as another, or inside of that. */
function areApart(paths: readonly (readonly string[])[]): boolean {
  const isApart = (path: readonly string[], other: readonly string[]) =>
    path.some((step, depth) => depth < other.length && step !== other[depth]);
  return paths.every((path, at) =>
    paths.every((other, index) => at === index || isApart(path, other)),
  );
}

/**
 * Records of the members of a document that are looked for, of those inside of them, and of the columns; then the
 * texts that these point to.
 */
function writePlan(columns: readonly KeyColumn[]): KeyPlan {
  const outer = [...new Set(columns.map(({ path: [first = ''] }) => first))];
  const insideOf = (name: string) =>
    columns.filter(({ path }) => path.length > 1 && path[0] === name);
  const inner = outer.flatMap(insideOf);
  const recordAt = (index: number) => planAt + index * recordBytes;
  const columnsAt = recordAt(outer.length + inner.length);
  const columnsEnd = recordAt(outer.length + inner.length + columns.length);

  const texts: Buffer[] = [];
  let textAt = columnsEnd;
  /** Where the name is in quotes, how long that is, and which of its first 16 bytes count. */
  const patternOf = (name: string): [number, number, number] => {
    const text = Buffer.from(`"${name}":`);
    texts.push(text, Buffer.alloc(padding));
    const at = textAt;
    textAt += text.length + padding;
    const length = text.length - 1;
    return [at, length, length < 16 ? 2 ** length - 1 : 0xffff];
  };

  const records: number[][] = [];
  let insideAt = recordAt(outer.length);
  for (const name of outer) {
    const insideEnd = insideAt + insideOf(name).length * recordBytes;
    const inside = insideEnd > insideAt ? [insideAt, insideEnd] : [0, 0];
    records.push([...patternOf(name), ...inside, 0, 0, 0]);
    insideAt = insideEnd;
  }
  for (const { path } of inner) records.push([...patternOf(path[1] ?? ''), 0, 0, 0, 0, 0]);
  for (const column of columns) {
    const isLifted = column.path.length > 1;
    const [first = ''] = column.path;
    const member = isLifted ? outer.length + inner.indexOf(column) : outer.indexOf(first);
    const [at, length, mask] = patternOf(column.name);
    // What its member begins with is the name with the colon behind it.
    records.push([at, length, mask, at, length + 1, recordAt(member), isLifted ? 1 : 0, 0]);
  }
  return {
    bytes: Buffer.concat([Buffer.from(Uint32Array.from(records.flat()).buffer), ...texts]),
    membersEnd: recordAt(outer.length),
    columnsAt,
    columnsEnd,
  };
}

/** Of eight words. */
const recordBytes = 32;
/** What has to be readable behind a text. */
const padding = 16;
