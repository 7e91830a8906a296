import type { FlatType } from './flat-type.ts';

/** How the values of a column are staged as JSON, and read from there. */
export interface ColumnForm {
  /** The form in which a projector writes the values. */
  readonly form: 'plain' | 'text' | 'raw';
  /**
   * Whether a reader of JSON gets the column's own type at once. Otherwise it gets strings, to be
   * cast: readers of JSON take numbers through a double, and write objects anew.
   */
  readonly direct: boolean;
}

/** The form in which values for a column of this type lose nothing on their way. */
export function columnForm(type: FlatType): ColumnForm {
  switch (type.is) {
    case 'boolean':
    case 'integer':
    case 'number':
      return { form: 'plain', direct: true };
    case 'string':
    case 'date':
    case 'date-time':
    case 'uuid':
      return { form: 'text', direct: true };
    case 'decimal':
    case 'integer-wide':
    case 'json':
      return { form: 'raw', direct: false };
  }
}
