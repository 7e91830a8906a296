import { expand, type Hole, type Run } from '../synthetic/hole.ts';
import {
  isA,
  isArray,
  isObject,
  isRef,
  nativeRef,
  schemaRef,
  type DocumentValue,
  type EventValue,
  type Page,
  type Ref,
  type Value,
} from '../values/value.ts';

type Path = readonly (string | bigint)[];

/** What is at a path in a value; undefined where nothing is. */
export function valueAt(value: Value, path: Path): Value | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const inner = memberOf(value, step);
  return inner === undefined ? undefined : valueAt(inner, rest);
}

/** The elements of a page, those that are not stored made. */
export function elementsOf(page: Page): Value[] {
  return page.data.flatMap((item) => (isRun(item) ? expand(item) : [item]));
}

export function isRun(item: Value | Run): item is Run {
  return typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'run';
}

function memberOf(value: Value, step: string | bigint): Value | undefined {
  if (isArray(value)) return typeof step === 'bigint' ? value[Number(step)] : undefined;
  if (isA(value, 'page')) return ofPage(value, step);
  if (typeof step === 'bigint') return undefined;
  if (isObject(value)) return value.get(step);
  if (isRef(value)) return ofRef(value, step);
  if (isA(value, 'document')) return ofDocument(value, step);
  if (isA(value, 'event')) return ofEvent(value, step);
  if (isA(value, 'hole')) return ofHole(value, step);
  return undefined;
}

function ofRef(ref: Ref, step: string): Value | undefined {
  if (step === 'id') {
    if (ref.to === 'document') return String(ref.id);
    return ref.to === 'schema' ? ref.object.name : ref.name;
  }
  if (step !== 'collection' && step !== 'class') return undefined;
  if (ref.to === 'document') return schemaRef(ref.collection);
  return nativeRef(ref.to === 'schema' ? ref.object.listing : 'collections');
}

function ofDocument({ ref, ts, fields }: DocumentValue, step: string): Value | undefined {
  if (step === 'ref') return ref;
  return step === 'ts' ? BigInt(ts) : fields.get(step);
}

function ofEvent({ ts, action, ref, values, data }: EventValue, step: string): Value | undefined {
  if (step === 'ts') return ts;
  if (step === 'action') return action;
  if (step === 'resource' || step === 'instance' || step === 'document') return ref;
  if (step !== 'data') return undefined;
  return data === undefined ? values : data;
}

function ofPage(page: Page, step: string | bigint): Value | undefined {
  if (typeof step === 'bigint') return elementsOf(page)[Number(step)];
  if (step === 'data') return elementsOf(page);
  return step === 'before' || step === 'after' ? page[step] : undefined;
}

/** A member of a synthetic document, of its reference or of its event. */
function ofHole(hole: Hole, step: string): Value | undefined {
  const { shape, is } = hole;
  const common = { kind: 'hole', shape } as const;
  const ref: Hole = { ...common, is: 'ref' };
  if (is === 'ref') {
    if (step === 'id') return { ...common, is: 'text', counter: 'id' };
    return step === 'collection' || step === 'class' ? schemaRef(shape.collection) : undefined;
  }
  if (is === 'document' || is === 'event') {
    if (step === 'ts') return { ...common, is: 'number', counter: 'ts' };
    if (step === (is === 'document' ? 'ref' : 'document')) return ref;
    if (is === 'event') return step === 'action' ? 'add' : undefined;
    return step === 'data' ? shape.data : undefined;
  }
  return undefined;
}
