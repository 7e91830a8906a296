import type { Database } from '../store/database.ts';
import { Tokens } from './tokens.ts';

const kept = new WeakMap<Database, Tokens>();

/** The tokens that clients of a database have been given. */
export function tokensOf(database: Database): Tokens {
  const known = kept.get(database);
  if (known !== undefined) return known;
  const tokens = new Tokens();
  kept.set(database, tokens);
  return tokens;
}
