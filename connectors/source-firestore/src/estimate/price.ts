import type { Estimate } from '@fairlead/sdk';
import type { Database } from '../wire/database.ts';

/**
 * What so many reads cost at the list price, free quotas aside; undefined for the enterprise edition, which is not billed
 * by the document. https://cloud.google.com/firestore/pricing
 *
 * @param database undefined when nothing is known of it; then the highest price is taken.
 */
export function priceOf(reads: number, database: Database | undefined): Estimate['price'] {
  if (database?.edition === 'enterprise') return undefined;
  const location = database?.locationId ?? '';
  const basis = multiRegions.has(location)
    ? `list price of $0.06 per 100,000 reads in ${location}`
    : 'list price of $0.03 to $0.06 per 100,000 reads, by location';
  return { currency: 'USD', amount: (reads * 0.06) / 100_000, basis };
}

/** Places with the highest price. */
const multiRegions: ReadonlySet<string> = new Set(['nam5', 'nam7', 'eur3']);
