import { FieldWatch } from './field-watch.ts';
import type { Lines } from './lines.ts';
import { observation } from './observation.ts';
import type { Observation } from './observation.ts';
import type { Shape } from './shape.ts';

/** Watches the top-level members of the documents of one stream. */
export interface Observer {
  /**
   * Sets what is accepted from now on: the classes and bounds of each of the shape's `properties`.
   * Other names are misfits. At first nothing is accepted.
   */
  accept(shape: Shape): void;
  /**
   * Compares documents with what is accepted. A misfit has a new class at a field, an unknown
   * field, more digits than accepted at a field that accepts `decimal` or `wideInteger`, or a field
   * twice; a member that is missing makes no misfit. The lines are JSON objects.
   */
  observe(lines: Lines): Observation;
}

/** An observer that accepts nothing yet. */
export function createObserver(): Observer {
  const watch = new FieldWatch();
  return {
    accept: (shape) => watch.accept(shape.properties ?? new Map()),
    observe: (lines) => observation(watch, lines),
  };
}
