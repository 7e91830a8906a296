import { Failure } from '@fairlead/sdk';
import { quoteFieldName } from './field-path.ts';

/** Where the full name of a document is. */
export interface NamePlace {
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** The names of fields and the indexes of elements that lead to a value. */
export type ValuePath = readonly (string | number)[];

/**
 * The failure of a document, `reason` being the end of a sentence about the value at `path`, or about the
 * document when the path is empty.
 */
export function documentFailure(
  bytes: Uint8Array,
  { nameStart, nameEnd }: NamePlace,
  path: ValuePath,
  reason: string,
): Failure {
  const name = Buffer.from(bytes.subarray(nameStart, nameEnd)).toString();
  const subject = path.length === 0 ? 'the document' : `field ${formatPath(path)}`;
  return new Failure('data', `${subject} ${reason}`, { where: name === '' ? '(no name)' : name });
}

function formatPath(path: ValuePath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${quoteFieldName(step)}`))
    .join('')
    .slice(1);
}
