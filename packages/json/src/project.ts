import type { Lines } from './lines.ts';

export interface ProjectedColumn {
  readonly pointer: readonly string[];
  readonly form: 'plain' | 'text' | 'raw';
}
export interface Projector {
  project(
    lines: Lines,
    options?: { ops?: Uint8Array; sequence?: number; presence?: boolean },
  ): { readonly bytes: Uint8Array; readonly longest: number };
}
export declare function createProjector(columns: readonly ProjectedColumn[]): Projector;
