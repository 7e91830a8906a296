import { DocumentsBuilder, type Documents } from '@fairlead/sdk';
import fc from 'fast-check';

/** Lines of JSON as they are, each with what it does. */
export function linesOf(texts: readonly string[], ops: readonly number[] = []): Documents {
  const builder = new DocumentsBuilder();
  for (const [index, text] of texts.entries()) {
    builder.addLine(Buffer.from(`${text}\n`), ops[index]);
  }
  return builder.take();
}

/** A name of more than sixteen bytes, which are compared in several steps. */
export const longName = 'a name of more than sixteen bytes';

const space = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  { weight: 2, arbitrary: fc.constantFrom(' ', '  ', '\t', '\r', ' '.repeat(20)) },
);

const names = ['a', 'b', 'ab', 'm', 'p', 'q', 'm_p', 'm_q', 'ü', '', longName, `${longName}!`];

/** A name, mostly as it is. */
const name = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom(...names).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.constantFrom('"\\u0061"', '"\\u006d_p"', '"a\\""', '"\\\\"') },
);

const plain = fc.oneof(
  fc.nat(120).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 24n }).map(String),
  fc.constantFrom('"x"', '"xy"', '""', '" "', '"ü"', '"{}"', '",\'"', `"${'long '.repeat(9)}"`),
  fc.stringMatching(/^[a-z!# ]{0,40}$/).map((text) => `"${text}"`),
);

const other = fc.oneof(
  fc.integer({ min: -20, max: -1 }).map(String),
  fc.constantFrom('-0', '0.0', '1.50', '1e1', '10.0', '-2.5E-1', '1e400', 'true', 'false'),
  fc.constantFrom('"\\u0078"', '"\\""', '"\\\\"', '"\\\\\\""', '"\\n"', '"\\/"', '"\\u2028"'),
  fc.constantFrom('null', '[]', '[1,"]"]', '{}', '{"a":"}"}', '[{"p":[[{}]]}]'),
);

const value = fc.oneof({ weight: 10, arbitrary: plain }, { weight: 3, arbitrary: other });

/** JSON of an object with members in any order, some of them twice, with white space where it may be. */
const objectOf = (inner: fc.Arbitrary<string>, fewest: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.array(fc.tuple(space, name, space, space, inner, space), {
        minLength: fewest,
        maxLength: 8,
      }),
      space,
    )
    .map(([all, before]) => `${before}{${all.map((parts) => memberOf(parts)).join(',')}}`);

function memberOf([before, key, after, start, text, end]: readonly string[]): string {
  return `${before}${key}${after}:${start}${text}${end}`;
}

/** Any document, also one that has no key. */
export const anyDocument = objectOf(
  fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: objectOf(value, 0) }),
  0,
);

/** A document that has all columns that there may be, mostly plain. */
export const keyedDocument = fc
  .record({
    members: fc.tuple(value, value, value, value, value, value),
    order: fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }),
    inner: fc.boolean(),
    glue: space,
    more: fc.option(fc.tuple(name, value), { freq: 3, nil: undefined }),
  })
  .map(({ members: [a, b, long, umlaut, p, q], order, inner, glue, more }) => {
    const meta = inner ? `"q":${q},"p":${p}` : `"p":${p}${glue},"x":{"q":1},"q":${q}`;
    const all = [`"a":${a}`, `"b"${glue}:${b}`, `"${longName}":${long}`, `"ü":${umlaut}`];
    all.push(`"m":{${meta}}`);
    const list = order.map((index) => all[index]);
    if (more !== undefined) list.push(`${more[0]}:${more[1]}`);
    return `{${glue}${list.join(`,${glue}`)}${glue}}`;
  });

/** Keys of one column to four, in any order. */
export const keyColumns = fc
  .shuffledSubarray([['a'], ['b'], [longName], ['ü'], ['m', 'p'], ['m', 'q']], {
    minLength: 1,
    maxLength: 4,
  })
  .map((paths) => paths.map((path) => ({ name: path.join('_'), path })));
