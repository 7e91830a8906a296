import { Failure } from '@fairlead/sdk';
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Scalar,
} from 'yaml';
import { hasVariables, substitute, VariableProblem, type Variables } from './variables.ts';
import { yamlProblem } from './yaml-problem.ts';

export type Path = readonly (string | number)[];

/** A YAML document as plain data, which knows where each part of it stands in the file. */
export interface PlacedDocument {
  readonly value: unknown;
  /**
   * Where the value at `path` begins, or its key; of what is not there, the nearest that holds it.
   */
  offsetOf(path: Path, part: 'key' | 'value'): number;
  /** `pipeline.yaml:4:7`, with line and column counted from 1. */
  place(offset: number): string;
  /** Whether the value at `path` came out of a variable, and so is not to be shown. */
  isFromVariable(path: Path): boolean;
}

/**
 * Reads YAML 1.2. Variables are replaced in values, never in keys, and a value that holds one is
 * text.
 *
 * @param file what the file is called in messages.
 * @throws {Failure} config
 */
export function parsePlaced(text: string, file: string, variables: Variables): PlacedDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const [error] = [...document.errors, ...document.warnings].toSorted(
    (a, b) => a.pos[0] - b.pos[0],
  );
  if (error !== undefined) {
    const { message, hint, offset } = yamlProblem(error, text);
    throw new Failure('config', message, { where: place(offset), hint });
  }
  const walk = new Walk(document, variables, place);
  const value = document.contents === null ? null : walk.valueOf(document.contents, []);
  return {
    value,
    place,
    offsetOf: (path, part) => walk.offsetOf(path, part),
    isFromVariable: (path) => walk.fromVariables.has(keyOf(path)),
  };
}

/** How often the anchors of one file may be repeated, so that a small file cannot become a huge one. */
const mostAliases = 100;

/** Turns nodes into plain data and notes where they are. */
class Walk {
  readonly fromVariables = new Set<string>();
  readonly #document: Document;
  readonly #variables: Variables;
  readonly #place: (offset: number) => string;
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  #aliases = 0;

  constructor(document: Document, variables: Variables, place: (offset: number) => string) {
    this.#document = document;
    this.#variables = variables;
    this.#place = place;
  }

  offsetOf(path: Path, part: 'key' | 'value'): number {
    const own = part === 'key' ? this.#keys.get(keyOf(path)) : undefined;
    if (own !== undefined) return own;
    for (let length = path.length; length >= 0; length--) {
      const offset = this.#values.get(keyOf(path.slice(0, length)));
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  valueOf(node: unknown, path: Path): unknown {
    const offset = startOf(node);
    if (offset !== undefined) this.#values.set(keyOf(path), offset);
    if (isScalar(node)) return this.#scalar(node, path);
    if (isSeq(node)) return node.items.map((item, index) => this.valueOf(item, [...path, index]));
    if (isMap(node)) {
      const members = node.items.map((pair) => {
        const key = this.#key(pair.key);
        const at = [...path, key];
        const keyOffset = startOf(pair.key);
        if (keyOffset !== undefined) {
          this.#keys.set(keyOf(at), keyOffset);
          // An absent value is where its key is.
          this.#values.set(keyOf(at), keyOffset);
        }
        return [key, this.valueOf(pair.value, at)] as const;
      });
      return Object.fromEntries(members);
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document);
      if (target === undefined) throw this.#failure(offset, ...aliasMissing(node.source));
      if (++this.#aliases > mostAliases) {
        throw this.#failure(offset, 'too many aliases', 'Write the settings out.');
      }
      const value = this.valueOf(target, path);
      if (offset !== undefined) this.#values.set(keyOf(path), offset);
      return value;
    }
    return null;
  }

  #key(node: unknown): string {
    const word = isScalar(node) ? node.value : undefined;
    if (typeof word === 'string') return word;
    if (typeof word === 'number' || typeof word === 'boolean') return String(word);
    throw this.#failure(startOf(node), 'a key must be a word', 'Put it in quotes.');
  }

  #scalar(node: Scalar, path: Path): unknown {
    const { value } = node;
    if (typeof value !== 'string') return value;
    if (!hasVariables(value)) return value;
    this.fromVariables.add(keyOf(path));
    try {
      return substitute(value, this.#variables);
    } catch (error) {
      if (!(error instanceof VariableProblem)) throw error;
      throw this.#failure(startOf(node), error.message, error.hint);
    }
  }

  #failure(offset: number | undefined, message: string, hint: string): Failure {
    return new Failure('config', message, { where: this.#place(offset ?? 0), hint });
  }
}

function aliasMissing(name: string): [message: string, hint: string] {
  return [
    `"*${name}" is an alias in YAML, and no anchor "&${name}" comes before it`,
    `For a pattern put it in quotes: "*${name}".`,
  ];
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null)?.range?.[0];
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}
