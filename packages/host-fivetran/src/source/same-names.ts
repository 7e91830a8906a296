import type { ChosenTable } from './selection.ts';

/**
 * Sentences about chosen tables and columns that Fivetran calls the same, as it writes names in small
 * letters, digits and underscores: their rows or values would meet.
 */
export function sameNameWarnings(chosen: readonly ChosenTable[]): readonly string[] {
  const tables = chosen.map(({ table }) => table);
  const schemas = new Set(tables.map(({ schema }) => schema));
  const among = [...schemas].flatMap((schema) => {
    const names = tables.filter((table) => table.schema === schema).map(({ name }) => name);
    return pairs(names).map(([one, other]) => `the tables ${one} and ${other} may become one`);
  });
  const within = chosen.flatMap(({ table: { name, columns }, wants }) => {
    const wanted = columns.filter((column) => column.isKey || wants(column.name));
    return pairs(wanted.map((column) => column.name)).map(
      ([one, other]) => `the columns ${one} and ${other} of ${name} may become one`,
    );
  });
  return [...among, ...within].map(
    (what) => `${what} in the destination, as Fivetran writes their names in the same way`,
  );
}

/** Each name with the first one before it that is written in the same way. */
function pairs(names: readonly string[]): readonly (readonly [string, string])[] {
  const owners = new Map<string, string>();
  return names.flatMap((name) => {
    const written = name.toLowerCase().replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '_');
    const owner = owners.get(written);
    if (owner === undefined) owners.set(written, name);
    return owner === undefined ? [] : [[owner, name] as const];
  });
}
