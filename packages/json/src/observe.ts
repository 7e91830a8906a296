import type { Lines } from './lines.ts';
import type { Shape } from './shape.ts';

export interface Observer {
  accept(shape: Shape): void;
  observe(lines: Lines): Observation;
}
export interface Observation {
  readonly misfits: Uint32Array;
  readonly duplicate: number;
  shape(): Shape;
  explain(
    lines: Lines,
    document: number,
  ): readonly { readonly field: string; readonly classes: number; readonly accepted: number }[];
}
export declare function createObserver(): Observer;
