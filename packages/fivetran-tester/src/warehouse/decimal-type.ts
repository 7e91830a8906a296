import type { ColumnType } from './column-type.ts';

/**
 * The type that has room for every digit of the decimals given; `STRING` beyond 38 digits, and
 * undefined when one is no decimal number.
 */
export function decimalType(texts: Iterable<string>): ColumnType | undefined {
  let whole = 1;
  let scale = 0;
  for (const text of texts) {
    const [, digits = '', fraction = '', exponent = '0'] = decimal.exec(text) ?? [];
    if (digits === '' && fraction === '') return undefined;
    whole = Math.max(whole, digits.replace(/^0+/, '').length + Number(exponent));
    scale = Math.max(scale, fraction.length - Number(exponent));
  }
  return whole + scale > 38
    ? { name: 'STRING' }
    : { name: 'DECIMAL', precision: whole + scale, scale };
}

const decimal = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d{1,4}))?$/;
