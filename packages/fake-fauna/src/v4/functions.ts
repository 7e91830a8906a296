import type { Form } from './form.ts';
import { collectionForms } from './forms/collections.ts';
import { keyForms } from './forms/keys.ts';
import { readForms } from './forms/reads.ts';
import { refForms } from './forms/refs.ts';
import { scalarForms } from './forms/scalars.ts';
import { timeForms } from './forms/times.ts';
import { writeForms } from './forms/writes.ts';

const functions: readonly Form[] = [
  ...refForms,
  ...readForms,
  ...collectionForms,
  ...scalarForms,
  ...timeForms,
  ...writeForms,
  ...keyForms,
];

/** The form that has exactly these keys. */
export function formOf(keys: readonly string[]): Form | undefined {
  return functions.find(
    ({ required, optional }) =>
      required.every((key) => keys.includes(key)) &&
      keys.every((key) => required.includes(key) || optional.includes(key)),
  );
}
