import {
  isDecimalLiteral,
  plainDigits,
  sameNumber,
  shapeOfValue,
  ValueClass,
} from '@fairlead/json';
import type { ColumnKind } from './columns.ts';

/** A value in the form in which it fits its column. */
export interface Coerced {
  readonly json: string;
  /** What it lost on the way; nothing when absent. */
  readonly change?: Change;
}

export interface Change {
  readonly change: 'NULLED' | 'TRUNCATED';
  readonly reason: 'DESTINATION_TYPECAST_ERROR' | 'DESTINATION_FIELD_SIZE_LIMITATION';
}

/**
 * What a value that does not fit a column as it is becomes: another spelling of the same value where
 * there is one, the nearest that the column holds for a number or a time with too many digits, else
 * null.
 */
export function coerce(kind: ColumnKind, json: string): Coerced {
  switch (kind) {
    case 'integer':
      return isDecimalLiteral(json) ? toInteger(json) : wrongType;
    case 'number':
      return isDecimalLiteral(json) ? toDouble(json) : wrongType;
    case 'date-time':
      return json.startsWith('"') ? toDateTime(String(JSON.parse(json))) : wrongType;
    default:
      return wrongType;
  }
}

const wrongType: Coerced = {
  json: 'null',
  change: { change: 'NULLED', reason: 'DESTINATION_TYPECAST_ERROR' },
};
const outOfRange: Coerced = {
  json: 'null',
  change: { change: 'NULLED', reason: 'DESTINATION_FIELD_SIZE_LIMITATION' },
};
const truncated: Change = { change: 'TRUNCATED', reason: 'DESTINATION_FIELD_SIZE_LIMITATION' };

/** `12.0` and `12e0` are integers too. */
function toInteger(literal: string): Coerced {
  const plain = plainDigits(literal);
  if (plain === undefined) return outOfRange;
  if (plain.scale > 0) return wrongType;
  const json = `${plain.negative ? '-' : ''}${plain.digits}`;
  return BigInt.asIntN(64, BigInt(json)) === BigInt(json) ? { json } : outOfRange;
}

function toDouble(literal: string): Coerced {
  const double = Number(literal);
  if (!Number.isFinite(double)) return outOfRange;
  const json = String(double);
  const isSame = sameNumber(literal, json) || sameInteger(literal, double);
  return isSame ? { json: literal } : { json, change: truncated };
}

/** Whether a literal of digits only is just this double, whose shortest text may be another integer. */
function sameInteger(literal: string, double: number): boolean {
  return /^-?\d+$/.test(literal) && BigInt(literal) === BigInt(double);
}

/** Date-times in the spellings that sources use: a blank for the `T`, no seconds, no zone, a date only. */
function toDateTime(text: string): Coerced {
  const parts = dateTime.exec(text.trim());
  if (parts === null) return wrongType;
  const [, date = '', hours = '00:00', seconds = '00', fraction = '', zone = 'Z'] = parts;
  const micros = fraction.slice(0, 6);
  const spelled = `${date}T${hours}:${seconds}${micros === '' ? '' : `.${micros}`}${spellZone(zone)}`;
  if (shapeOfValue(spelled).classes !== ValueClass.dateTime) return wrongType;
  const json = `"${spelled}"`;
  return /[1-9]/.test(fraction.slice(6)) ? { json, change: truncated } : { json };
}

const dateTime =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?)? ?([Zz]|UTC|[+-]\d\d(?::?\d\d)?)?$/;

function spellZone(zone: string): string {
  if (!/^[+-]/.test(zone)) return 'Z';
  const digits = zone.replace(/\D/g, '').padEnd(4, '0');
  return `${zone.slice(0, 1)}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
