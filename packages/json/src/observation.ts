import type { FieldWatch, SeenField } from './field-watch.ts';
import type { Lines } from './lines.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';

/** What an observer saw in the documents of one batch. */
export interface Observation {
  /** Indices of the documents outside of the accepted shape, ascending; mostly there are none. */
  readonly misfits: Uint32Array;
  /** Index of the first document that has a field twice, or -1. */
  readonly duplicate: number;
  /** The shape of all the documents, their members' own members not looked at. Made when asked for. */
  readonly shape: () => Shape;
  /**
   * The fields that make `document`, an index into the lines observed, a misfit, with its classes and
   * those accepted now. A field with too many digits is among them although its classes are accepted.
   */
  readonly explain: (lines: Lines, document: number) => readonly Misfit[];
}

/** A field of a document that is outside of what is accepted. */
export interface Misfit {
  readonly field: string;
  /** The `ValueClass` bits it has in the document. */
  readonly classes: number;
  /** The bits that are accepted; 0 for an unknown field. */
  readonly accepted: number;
}

/** What `watch` sees in `lines`. */
export function observation(watch: FieldWatch, lines: Lines): Observation {
  const { documents, misfits, duplicate, fields } = watch.look(lines);
  return {
    misfits,
    duplicate,
    shape: () => shapeOf(documents, fields()),
    explain(given, document) {
      const seen = watch.look(single(given, document)).fields();
      return seen
        .filter((field) => field.isThere && isMisfit(field))
        .map(({ name, classes, accepted }) => ({ field: name, classes, accepted }));
    },
  };
}

function shapeOf(documents: number, fields: readonly SeenField[]): Shape {
  const properties = new Map<string, Shape>();
  for (const { name, isThere, classes, integerDigits, scale, optional } of fields) {
    if (isThere) properties.set(name, { classes, integerDigits, scale, optional });
  }
  const classes = documents === 0 ? 0 : ValueClass.object;
  return { classes, integerDigits: 0, scale: 0, optional: false, properties };
}

function isMisfit(field: SeenField): boolean {
  return (field.classes & ~field.accepted) !== 0 || field.tooLong;
}

function single(lines: Lines, document: number): Lines {
  const start = document === 0 ? 0 : (lines.ends[document - 1] ?? 0);
  const bytes = lines.bytes.subarray(start, lines.ends[document]);
  return { bytes, ends: Uint32Array.of(bytes.length) };
}
