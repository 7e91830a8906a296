import { Failure } from '@fairlead/sdk';
import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  Scalar,
  YAMLMap,
  type YAMLSeq,
} from 'yaml';

/** A workflow file, of which some parts are written for its owner, and the rest is the owner's. */
export type WorkflowFile = Document;

/** What marks a part as written by this program: the first line in it. */
const mark = ' Written by fairlead ci update. Without this line, it is yours.';

/**
 * Reads a file, or begins one.
 * @throws {Failure} config, with all that is wrong with its YAML.
 */
export function openWorkflow(text: string | undefined, file: string): WorkflowFile {
  const document = parseYaml(withoutHeader(text ?? ''), file);
  document.contents ??= new YAMLMap();
  if (isMap(document.contents)) return document;
  throw new Failure('config', 'the file is no workflow', { where: file });
}

/**
 * Parses YAML of any origin.
 * @throws {Failure} config, whatever is wrong with it.
 */
export function parseYaml(text: string, file: string): Document {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [first] = document.errors;
  if (first !== undefined) {
    const { line, col } = lines.linePos(first.pos[0]);
    throw new Failure('config', `this is no YAML: ${first.message}`, {
      where: `${file}:${line}:${col}`,
    });
  }
  try {
    // Aliases without an anchor are found only here, and ones that never end.
    document.toJS();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Failure('config', `this is no YAML: ${reason}`, { where: file, cause: error });
  }
  return document;
}

/** The text of a file, under a header that says what is whose. */
export function workflowText(document: WorkflowFile): string {
  return `${header}\n${document.toString({ lineWidth: 0 }).trimStart()}`;
}

const header = `# The parts that say so are written by \`fairlead ci update\`, out of deploy.yaml and connectors/.
# All else is yours, and stays as it is: jobs, comments and their order.
`;

/** A text whose header is gone, and whose other lines are where they were. */
function withoutHeader(text: string): string {
  return text.startsWith(header) ? '\n'.repeat(2) + text.slice(header.length) : text;
}

/** Sets a member of the file that is not there. */
export function setDefault(document: WorkflowFile, name: string, value: unknown): void {
  if (!document.has(name)) document.set(name, document.createNode(value));
}

/** The map at a path, made where it is not there. */
export function mapAt(document: WorkflowFile, path: readonly string[]): YAMLMap {
  const found = document.getIn(path);
  if (isMap(found)) return found;
  const made = document.createNode({}) as YAMLMap;
  made.flow = false;
  document.setIn(path, made);
  return made;
}

/** The list at a path, made where it is not there. */
export function listAt(document: WorkflowFile, path: readonly string[]): YAMLSeq {
  const found = document.getIn(path);
  if (isSeq(found)) return found;
  const made = document.createNode([]) as YAMLSeq;
  made.flow = false;
  document.setIn(path, made);
  return made;
}

/**
 * Makes the marked members of a map those that are wanted: some come, some go, some change, and keep
 * their places. New ones are put in order of their names. Members without the mark are left alone.
 *
 * @param replace takes members without the mark as well, where they have the name of a wanted one.
 * @returns the names of wanted members that were left alone.
 */
export function setMarked(
  document: WorkflowFile,
  map: YAMLMap,
  wanted: ReadonlyMap<string, unknown>,
  replace: boolean,
): readonly string[] {
  map.items = map.items.filter((pair) => !isMarked(pair) || wanted.has(nameOf(pair)));
  const kept: string[] = [];
  for (const [name, value] of [...wanted].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const before = map.items.find((pair) => nameOf(pair) === name);
    if (before !== undefined && !isMarked(before) && !replace) kept.push(name);
    else if (before !== undefined) change(document, before, value);
    else
      map.items.splice(placeFor(map, name), 0, document.createPair(name, marked(document, value)));
  }
  return kept;
}

function change(document: WorkflowFile, pair: Pair, value: unknown): void {
  // What is the same stays as it is written, with the comments in it.
  const now = isMap(pair.value) ? pair.value.toJS(document) : undefined;
  if (isMarked(pair) && JSON.stringify(now) === JSON.stringify(value)) return;
  pair.value = marked(document, value);
}

function marked(document: WorkflowFile, value: unknown): YAMLMap {
  const node = document.createNode(value) as YAMLMap;
  node.commentBefore = mark;
  return node;
}

function isMarked({ value }: Pair): boolean {
  return isMap(value) && (value.commentBefore ?? '').split('\n').includes(mark);
}

function placeFor({ items }: YAMLMap, name: string): number {
  const before = items.findLastIndex((pair) => isMarked(pair) && nameOf(pair) < name);
  if (before >= 0) return before + 1;
  const after = items.findIndex(isMarked);
  return after >= 0 ? after : items.length;
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : String(key);
}

/** The job that an item of a workflow's list starts. */
export function jobOf(item: unknown): string {
  if (isScalar(item)) return String(item.value);
  const [pair] = isMap(item) ? item.items : [];
  return pair === undefined ? '' : nameOf(pair);
}

/** A name alone, as an item of a list. */
export function plainItem(name: string): Scalar {
  return new Scalar(name);
}
