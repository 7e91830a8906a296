import { doubleText } from '../json/write-double.ts';
import type { Json } from '../json/parse-json.ts';
import type { Lambda } from './lambda.ts';

/** A lambda as it is stored and shown: the expression as it was written, with the version of the language. */
export function writtenLambda({ written }: Lambda): string {
  const members = new Map<string, Json>([['api_version', '4'], ...written]);
  return jsonText(members);
}

/** JSON as text; integers keep all digits. */
function jsonText(json: Json): string {
  if (typeof json === 'string') return JSON.stringify(json);
  if (typeof json === 'number') return doubleText(json);
  if (Array.isArray(json)) return `[${json.map(jsonText).join(',')}]`;
  if (!(json instanceof Map)) return String(json);
  const members: ReadonlyMap<string, Json> = json;
  return `{${[...members].map(([key, value]) => `${JSON.stringify(key)}:${jsonText(value)}`).join(',')}}`;
}
