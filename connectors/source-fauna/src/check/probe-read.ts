import { extract } from '@fairlead/json';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import type { Fauna } from '../client/fauna.ts';
import { collection, get, ref, select } from '../wire/expression.ts';

/**
 * Whether the key may read the documents of a collection, even when there are none: a page of documents is empty also when
 * none of them may be read. A role that lets documents be read on a condition counts as one that does not, when the
 * document that is asked for is not there.
 * @throws what a query fails with for any other reason.
 */
export async function probeRead(fauna: Fauna, name: string, signal: AbortSignal): Promise<boolean> {
  // Rights are looked at before anything else: a document that is not there will do.
  try {
    if (fauna.apiVersion === '10') {
      const answer = await fauna.fql("Collection(name).byId('1')", { name }, signal);
      return !isRefused(answer);
    }
    await fauna.query(select('ts', get(ref(collection(name), '1'))), signal);
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    if (fauna.apiVersion === '4' && isMissing(error)) return true;
    throw error;
  }
}

/** Whether there is, in place of a document, a reference that says it may not be read. An event source is given all the same. */
function isRefused(answer: Uint8Array): boolean {
  const cause = extract(answer, 0, answer.length, ['data', '@ref', 'cause']);
  if (cause === undefined) return false;
  return Buffer.from(answer.subarray(cause.start, cause.end)).toString().includes('permission');
}
