import type { Lines } from './lines.ts';

export interface ScanOptions {
  readonly separator: 'values' | 'elements';
  readonly member?: {
    readonly name: string;
    readonly before: Uint8Array;
    readonly after: Uint8Array;
    readonly first: number;
  };
}
export interface Scanner {
  scan(
    chunk: Uint8Array,
    final: boolean,
  ): { readonly lines: Lines; readonly consumed: number; readonly closed: boolean };
}
export declare function createScanner(options: ScanOptions): Scanner;
export declare class JsonError extends Error {
  readonly reason: string;
  readonly offset: number;
  readonly document: number;
}
