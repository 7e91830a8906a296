/**
 * Messages as data: one table of fields gives the TypeScript type, the JSON form and the protobuf
 * form. Fields that no table names are skipped when they come.
 */
export type Shape = Readonly<Record<string, Field>>;

/**
 * A field by its protobuf number, or 0 when that is not known, and the field is only in JSON. There
 * it has the name under which it stands in the {@link Shape}.
 */
export type Field = SingleField | ListField | MapField;
export type SingleField = ScalarField | EnumField | MessageField | OpaqueField;

/**
 * | kind | in memory | JSON | protobuf |
 * |---|---|---|---|
 * | `string`, `bool`, `uint32` | the same | the same | the same |
 * | `fixed32` | number | number | fixed32 |
 * | `double` | number | number, or text where it is not finite | double |
 * | `int64`, `fixed64` | bigint | decimal string | the same |
 * | `json` | UTF-8 JSON text | the value itself | bytes; the name ends in `_json` |
 * | `bytes` | bytes | base64 | bytes |
 */
export type ScalarKind =
  | 'string'
  | 'bool'
  | 'uint32'
  | 'fixed32'
  | 'int64'
  | 'fixed64'
  | 'double'
  | 'json'
  | 'bytes';

export interface ScalarField<Kind extends ScalarKind = ScalarKind> {
  readonly kind: Kind;
  readonly tag: number;
  /** Another name under which JSON may have it. */
  readonly alias?: string;
}

export interface EnumField<Name extends string = string> {
  readonly kind: 'enum';
  readonly tag: number;
  readonly names: Readonly<Record<Name, number>>;
}

export interface MessageField<S extends Shape = Shape> {
  readonly kind: 'message';
  readonly tag: number;
  readonly shape: S;
}

/** A message that is kept as its protobuf bytes, with all that it has, known or not. */
export interface OpaqueField {
  readonly kind: 'opaque';
  readonly tag: number;
  readonly shape: Shape;
}

export interface ListField<Of extends SingleField = SingleField> {
  readonly kind: 'list';
  readonly tag: number;
  readonly of: Of;
}

/** A map from strings. */
export interface MapField<Of extends SingleField = SingleField> {
  readonly kind: 'map';
  readonly tag: number;
  readonly of: Of;
}

/**
 * A message as it was read. What has a default is always there; a message, JSON or bytes that did
 * not come are left out.
 */
export type MessageOf<S extends Shape> = Simple<
  { readonly [K in AlwaysIn<S>]: ReadValue<S[K]> } & {
    readonly [K in Exclude<keyof S, AlwaysIn<S>>]?: ReadValue<S[K]>;
  }
>;

/** A message to be written: whatever is left out has its default. */
export type DraftOf<S extends Shape> = { readonly [K in keyof S]?: DraftValue<S[K]> };

type AlwaysIn<S extends Shape> = {
  [K in keyof S]: S[K]['kind'] extends 'message' | 'opaque' | 'json' | 'bytes' ? never : K;
}[keyof S];

type Simple<T> = { [K in keyof T]: T[K] };

type ScalarValue<Kind extends ScalarKind> = Kind extends 'string'
  ? string
  : Kind extends 'bool'
    ? boolean
    : Kind extends 'uint32' | 'fixed32' | 'double'
      ? number
      : Kind extends 'int64' | 'fixed64'
        ? bigint
        : Uint8Array;

type ReadValue<F extends Field> =
  F extends MessageField<infer S>
    ? MessageOf<S>
    : F extends ListField<infer Of>
      ? readonly ReadValue<Of>[]
      : F extends MapField<infer Of>
        ? Readonly<Record<string, ReadValue<Of>>>
        : F extends EnumField<infer Name>
          ? Name
          : F extends ScalarField<infer Kind>
            ? ScalarValue<Kind>
            : Uint8Array;

type DraftValue<F extends Field> =
  F extends MessageField<infer S>
    ? DraftOf<S>
    : F extends ListField<infer Of>
      ? readonly DraftValue<Of>[]
      : F extends MapField<infer Of>
        ? Readonly<Record<string, DraftValue<Of>>>
        : ReadValue<F>;

export const string = scalar('string');
export const bool = scalar('bool');
export const uint32 = scalar('uint32');
export const fixed32 = scalar('fixed32');
export const int64 = scalar('int64');
export const fixed64 = scalar('fixed64');
export const double = scalar('double');
export const json = scalar('json');
export const bytes = scalar('bytes');

/** A field whose values have names; the one of number 0, or else the first, is the default. */
export function enumeration<Name extends string>(
  tag: number,
  names: Readonly<Record<Name, number>>,
): EnumField<Name> {
  return { kind: 'enum', tag, names };
}

export function message<S extends Shape>(tag: number, shape: S): MessageField<S> {
  return { kind: 'message', tag, shape };
}

export function opaque(tag: number, shape: Shape): OpaqueField {
  return { kind: 'opaque', tag, shape };
}

export function list<Of extends SingleField>(of: Of): ListField<Of> {
  return { kind: 'list', tag: of.tag, of };
}

export function map<Of extends SingleField>(of: Of): MapField<Of> {
  return { kind: 'map', tag: of.tag, of };
}

/** What a field is when it did not come. */
export function defaultOf(field: Field): unknown {
  switch (field.kind) {
    case 'list':
      return [];
    case 'map':
      return {};
    case 'enum':
      return Object.entries(field.names).find(([, number]) => number === 0)?.[0];
    default:
      return scalarDefaults[field.kind];
  }
}

const scalarDefaults: Readonly<Partial<Record<Field['kind'], unknown>>> = {
  string: '',
  bool: false,
  uint32: 0,
  fixed32: 0,
  int64: 0n,
  fixed64: 0n,
  double: 0,
};

function scalar<Kind extends ScalarKind>(kind: Kind) {
  return (tag: number, alias?: string): ScalarField<Kind> =>
    alias === undefined ? { kind, tag } : { kind, tag, alias };
}
