import { Decimal, plainDigits } from '@fairlead/json';

/**
 * A text that two JSON values share when they are the same: numbers by value, however they are
 * written, objects whatever the order of their members, points in time whatever their zone.
 */
export function canonicalValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return numberText(String(value));
  if (value instanceof Decimal) return numberText(value.text);
  if (typeof value === 'string') return JSON.stringify(instant(value));
  if (Array.isArray(value)) return `[${value.map(canonicalValue).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .map(([name, item]) => `${JSON.stringify(name)}:${canonicalValue(item)}`)
      .toSorted();
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value) ?? typeof value;
}

/** As {@link canonicalValue}, where a value may have become the text of itself in a wider column. */
export function canonicalText(value: unknown): string {
  const text = canonicalValue(value);
  if (typeof value !== 'string') return text;
  return plainDigits(value) === undefined ? value : numberText(value);
}

function numberText(literal: string): string {
  const plain = plainDigits(literal);
  if (plain === undefined) return literal;
  const { negative, digits, scale } = plain;
  return `${negative ? '-' : ''}${digits}${scale === 0 ? '' : `e-${scale}`}`;
}

const dateTime = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d(?::?\d\d)?)$/;

/** A point in time in UTC without zeros at its end; any other text as it is. */
function instant(text: string): string {
  const [, whole, fraction = '', zone = 'Z'] = dateTime.exec(text) ?? [];
  if (whole === undefined) return text;
  const offset = /^[+-]\d\d$/.test(zone)
    ? `${zone}:00`
    : zone.replace(/^([+-]\d\d)(\d\d)$/, '$1:$2');
  const at = new Date(`${whole.replace(' ', 'T')}${offset}`);
  if (Number.isNaN(at.getTime())) return text;
  return `${at.toISOString().slice(0, 19)}.${fraction.replace(/0+$/, '')}Z`;
}
