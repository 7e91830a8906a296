/** How names of a source become names in the warehouse: as Fivetran does it, or as they are. */
export type Naming = 'FIVETRAN' | 'SOURCE';

/** The name of a schema, table or column in the warehouse. */
export function warehouseName(name: string, naming: Naming): string {
  return naming === 'SOURCE' ? name : fivetranName(name);
}

/**
 * Lower case with underscores between words, letters without accents, and an underscore in front of a
 * digit or of a word that SQL keeps for itself: `OrderID 2` is `order_id_2`, and `order` is `_order`.
 */
function fivetranName(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_');
  const isTaken = words === '' || /^\d/.test(words) || reserved.has(words);
  return isTaken ? `_${words}` : words;
}

/** Words that no column of DuckDB can be called without quotes. */
const reserved = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column ' +
    'constraint create default deferrable desc describe distinct do else end except false fetch for ' +
    'foreign from group having in initially intersect into lambda lateral leading limit not null ' +
    'offset on only or order pivot pivot_longer pivot_wider placing primary qualify references ' +
    'returning select show some summarize symmetric table then to trailing true union unique unpivot ' +
    'using variadic when where window with'
  ).split(' '),
);
