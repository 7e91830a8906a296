import fc from 'fast-check';
import type { SlowOptions } from './slow-value.ts';

type Dialect = SlowOptions['dialect'];

/** White space as JSON has it. */
const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t ', '                    ');

/** A string with its quotes, as JSON may write it: some characters escaped that need not be. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('"', '\\', '/', '\n', '+/', '@', '😀', 'é', 'x'.repeat(40)),
    ),
    { maxLength: 4 },
  )
  .chain((parts) =>
    fc.boolean().map((isEscaped) => {
      const json = JSON.stringify(parts.join(''));
      return isEscaped ? json.replaceAll(/[é/+]/g, escaped) : json;
    }),
  );

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const number = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('0', '-0', '1.0', '-1.5E+10', '123456789012345', '1234567890123456', '0.1e-7'),
);

const names: Readonly<Record<Dialect, readonly string[]>> = {
  v4: '@ref @ts @date @bytes @uuid @set @query @obj @int @ @refs'.split(' '),
  v10: '@ref @doc @mod @time @date @bytes @uuid @set @stream @object @int @long @double @obj @ts'.split(
    ' ',
  ),
};

const ordinaryNames = 'id collection database coll name ref ts ttl data a'.split(' ');

/** A name with its quotes, often one that means something. */
function nameOf(dialect: Dialect): fc.Arbitrary<string> {
  const known = fc.constantFrom(...names[dialect], ...ordinaryNames);
  return fc.oneof(
    known.map((name) => JSON.stringify(name)),
    text,
  );
}

/** A reference's content: well-formed, or nearly so. */
function referenceContent(dialect: Dialect): fc.Arbitrary<string> {
  if (dialect === 'v10') {
    const module = fc
      .constantFrom('Foo', 'Collection', 'Role', 'Key', 'Token', 'é')
      .map((name) => `{"@mod":"${name}"}`);
    return fc
      .tuple(fc.constantFrom('id', 'name', 'nope'), text, module, fc.boolean())
      .map(([key, id, coll, isMissing]) => {
        const more = isMissing ? ',"exists":false,"cause":"not found"' : '';
        return `{"${key}":${id},"coll":${coll}${more}}`;
      });
  }
  const id = fc.oneof(text, fc.constantFrom('"collections"', '"indexes"', '"keys"', '"foo"'));
  const parents = fc.array(id, { maxLength: 4 });
  return fc.tuple(id, parents, fc.boolean()).map(([own, others, isFirst]) => {
    const parent = others.reduceRight(
      (inner, other) => `{"@ref":{"id":${other}${inner === '' ? '' : `,"collection":${inner}`}}}`,
      '',
    );
    if (parent === '') return `{"id":${own}}`;
    return isFirst
      ? `{"collection":${parent},"id":${own}}`
      : `{"id":${own},"collection":${parent}}`;
  });
}

/** A value in the tagged JSON of a dialect, with tags that are as they should be and such that are not. */
function anyValue(dialect: Dialect): fc.Arbitrary<string> {
  const { value } = fc.letrec<{ value: string; object: string }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.oneof(text, number, fc.constantFrom('null', 'true', 'false')),
      fc
        .tuple(fc.constantFrom(...names[dialect]), text)
        .map(([tag, content]) => `{"${tag}":${content}}`),
      referenceContent(dialect).map((content) => `{"@ref":${content}}`),
      fc
        .tuple(fc.constantFrom(...names[dialect]), tie('value'))
        .map(([tag, content]) => `{"${tag}":${content}}`),
      fc
        .tuple(fc.array(tie('value'), { maxLength: 4 }), space)
        .map(([items, gap]) => `[${gap}${items.join(`${gap},`)}${gap}]`),
      tie('object'),
      tie('object').map((object) =>
        dialect === 'v4' ? `{"@obj":${object}}` : `{"@object":${object}}`,
      ),
    ),
    object: fc
      .tuple(fc.array(fc.tuple(nameOf(dialect), tie('value')), { maxLength: 5 }), space)
      .map(([members, gap]) => {
        const written = members.map(([name, member]) => `${name}${gap}:${gap}${member}`);
        return `{${gap}${written.join(`${gap},${gap}`)}${gap}}`;
      }),
  }));
  return value;
}

/** An element of a page. */
export function anyElement(dialect: Dialect): fc.Arbitrary<string> {
  const ts = fc.bigInt({ min: 0n, max: 253_402_300_799_999_999n });
  const row = fc
    .tuple(text, ts, anyValue(dialect), anyValue(dialect), fc.boolean())
    .map(([id, micros, data, column, isWrapped]) => {
      const members = `{"ref":${id},"ts":${micros},"data":${data},"col":${column}}`;
      if (!isWrapped) return members;
      return dialect === 'v4' ? `{"@obj":${members}}` : `{"@object":${members}}`;
    });
  if (dialect === 'v4') return row;
  const document = fc
    .tuple(text, ts, fc.array(fc.tuple(nameOf(dialect), anyValue(dialect)), { maxLength: 4 }))
    .map(([id, micros, fields]) => {
      const seconds = new Date(Number(micros / 1000n)).toISOString().slice(0, 19);
      const time = `${seconds}.${String(micros % 1_000_000n).padStart(6, '0')}Z`;
      const own = fields.filter(([name]) => !['"id"', '"coll"', '"ts"', '"ttl"'].includes(name));
      const members = own.map(([name, field]) => `,${name}:${field}`).join('');
      return `{"@doc":{"id":${id},"coll":{"@mod":"Foo"},"ts":{"@time":"${time}"}${members}}}`;
    });
  return fc.oneof(row, document);
}
