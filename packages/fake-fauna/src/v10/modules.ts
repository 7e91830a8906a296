import { own } from '../own.ts';
import { parseDate, parseTime, timeOfMicros } from '../values/time-text.ts';
import { time } from '../values/value.ts';
import { isCollection } from '../store/schema.ts';
import { V10Failure, invalidArgument } from './failure.ts';
import { isThing, type Context, type Func, type Module, type Thing } from './thing.ts';
import { pageOf } from './pipeline.ts';
import { createDefinition, definitions } from './definitions.ts';

/** What a name means that nobody gave a meaning. */
export function builtin(name: string, { query }: Context): Module | undefined {
  if (Object.hasOwn(statics, name)) return { kind: 'module', name, collection: undefined };
  const collection = query.database.collection(name);
  return collection && { kind: 'module', name, collection };
}

/** A member of a module that is no collection. */
export function staticMember(module: string, name: string): Func | undefined {
  const call = own(own(statics, module) ?? {}, name);
  return call && { kind: 'function', call, path: undefined };
}

const nanosOf: Readonly<Record<string, bigint>> = {
  seconds: 1_000_000_000n,
  milliseconds: 1_000_000n,
  microseconds: 1000n,
  nanoseconds: 1n,
};

const statics: Readonly<Record<string, Readonly<Record<string, Func['call']>>>> = {
  Collection: {
    '()': ([name = null], { query }) => {
      const text = typeof name === 'string' ? name : '';
      const collection = query.database.collection(text);
      if (collection !== undefined) return { kind: 'module', name: text, collection };
      throw invalidArgument('collection', `No such user collection \`${text}\`.`);
    },
    all: (_, context) => definitions(context),
    byName: ([name = null], { query }) => {
      const text = typeof name === 'string' ? name : '';
      const object = query.database.find('collections', text);
      if (object !== undefined && isCollection(object)) return { kind: 'definition', object };
      const ref = { collection: 'Collection', name: text };
      return { kind: 'missing', ref, cause: 'not found' };
    },
    create: ([fields = null], context) => createDefinition(fields, context),
  },
  Set: {
    paginate: ([token = null, size = null], context) => {
      const text = isThing(token, 'set-page') ? (token.after ?? '') : token;
      const found = typeof text === 'string' ? context.tokens.page(text) : undefined;
      if (found === undefined) throw invalidArgument('cursor', 'Invalid set cursor.');
      const { pipeline, next } = found;
      const count = typeof size === 'bigint' ? Number(size) : found.size;
      const { data, after } = pageOf(pipeline, count, next, context);
      return struct({ kind: 'set-page', data, after });
    },
  },
  Time: {
    '()': ([text = null]) => timeFrom(text),
    fromString: ([text = null]) => timeFrom(text),
    now: (_, { query }) => timeOfMicros(query.snapshot),
    epoch: ([count = null, unit = null]) => {
      const nanos = own(nanosOf, typeof unit === 'string' ? unit : '');
      if (nanos === undefined || typeof count !== 'bigint')
        throw invalidArgument('unit', 'Invalid time unit.');
      return time(count * nanos);
    },
  },
  Date: {
    '()': ([text = null]) => dateFrom(text),
    fromString: ([text = null]) => dateFrom(text),
  },
  ID: { '()': ([id = null]) => String(typeof id === 'string' || typeof id === 'bigint' ? id : '') },
  Bytes: {
    '()': ([text = null]) => ({ kind: 'bytes', base64: typeof text === 'string' ? text : '' }),
  },
};

/** A page that is a value of its own, and not a set. */
export function struct(page: Thing): Thing {
  return isThing(page, 'set-page') ? { ...page, kind: 'set-page', isStruct: true } : page;
}

function timeFrom(text: Thing): Thing {
  const found = typeof text === 'string' ? parseTime(text) : undefined;
  if (found !== undefined) return found;
  throw new V10Failure('invalid_time', `\`${String(text)}\` is not a valid time.`);
}

function dateFrom(text: Thing): Thing {
  const found = typeof text === 'string' ? parseDate(text) : undefined;
  if (found !== undefined) return found;
  throw new V10Failure('invalid_date', `\`${String(text)}\` is not a valid date.`);
}
