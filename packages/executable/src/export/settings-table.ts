import type { JsonSchema } from '@fairlead/json';
import { markdownTable } from './markdown-table.ts';

/**
 * The settings of a form as Markdown: a table with a row for each, nested ones by their path, and a
 * table more for each way of a choice.
 */
export function settingsTables(form: JsonSchema): string {
  const found: Found = { ways: [], choices: new Map() };
  const rows = rowsOf(form, '', found);
  if (rows.length === 0) return 'It has none.\n';
  let text = markdownTable(headings, rows);
  // Ways with choices of their own make the list longer while it is gone through.
  for (const { title, description, way, path } of found.ways) {
    text += `\n**${title}**${description === '' ? '' : `: ${description}`}\n`;
    const inner = rowsOf(way, path, found);
    if (inner.length > 0) text += `\n${markdownTable(headings, inner)}`;
  }
  return text;
}

const headings = ['setting', 'type', 'default', 'is'];

/** The choices among the settings so far. */
interface Found {
  readonly ways: Way[];
  /** The path of the first setting with these ways, by the ways. */
  readonly choices: Map<string, string>;
}

/** One way to write a setting. */
interface Way {
  readonly title: string;
  readonly description: string;
  readonly way: JsonSchema;
  readonly path: string;
}

function rowsOf(form: JsonSchema, path: string, found: Found): string[][] {
  const required = listOf(form['required']);
  return Object.entries(recordOf(form['properties']))
    .map(([name, setting]) => [name, recordOf(setting)] as const)
    .filter(([, setting]) => !tellsWaysApart(setting))
    .toSorted(([, a], [, b]) => Number(a['order'] ?? 0) - Number(b['order'] ?? 0))
    .flatMap(([name, setting]) => {
      const here = path === '' ? name : `${path}.${name}`;
      const row = rowOf(here, setting, required.includes(name), found);
      return [row, ...innerRows(here, setting, found)];
    });
}

/** Whether a setting is the constant of a choice, which the title of its way shows. */
function tellsWaysApart(setting: JsonSchema): boolean {
  return 'const' in setting && setting['const'] === setting['default'];
}

function rowOf(path: string, setting: JsonSchema, isRequired: boolean, found: Found): string[] {
  const { default: preset, title, description } = setting;
  const isPlain = preset !== undefined && !isRecord(preset);
  const fallback = isPlain ? code(JSON.stringify(preset)) : isRequired ? 'required' : '';
  const name = typeof title === 'string' ? `**${prose(title)}.** ` : '';
  const first = found.choices.get(JSON.stringify(objectWays(setting)));
  const type = first === undefined ? typeOf(setting) : `as ${code(first)}`;
  return [code(path), type, fallback, `${name}${prose(description)}`];
}

/** The rows of what is inside a setting. The ways to write it are put aside, unless they were before. */
function innerRows(path: string, setting: JsonSchema, found: Found): string[][] {
  const items = recordOf(setting['items']);
  if (isRecord(items['properties'])) return rowsOf(items, `${path}[]`, found);
  const ways = objectWays(setting);
  const key = JSON.stringify(ways);
  if (ways.length > 0 && !found.choices.has(key)) {
    found.choices.set(key, path);
    found.ways.push(...ways.map((way) => describeWay(way, path)));
  }
  return rowsOf(setting, path, found);
}

function describeWay(way: JsonSchema, path: string): Way {
  const constants = Object.entries(recordOf(way['properties']))
    .filter(([, setting]) => isRecord(setting) && tellsWaysApart(setting))
    .map(([name, setting]) =>
      code(`${path}.${name}: ${JSON.stringify(recordOf(setting)['const'])}`),
    );
  const title = [titleOf(way), ...constants.map((text) => `(${text})`)].join(' ');
  return { title, description: prose(way['description']), way, path };
}

function typeOf(setting: JsonSchema): string {
  const { type, const: constant, enum: words, items, additionalProperties } = setting;
  if (setting['secret'] === true) return 'secret string';
  if (constant !== undefined) return code(JSON.stringify(constant));
  if (Array.isArray(words)) return words.map((word) => code(JSON.stringify(word))).join(', ');
  const ways = waysOf(setting).map((way) =>
    isRecord(way['properties']) ? titleOf(way) : typeOf(way),
  );
  if (ways.length > 0) return [...new Set(ways)].join(' or ');
  if (isRecord(items)) return `list: ${isRecord(items['properties']) ? 'object' : typeOf(items)}`;
  if (isRecord(additionalProperties)) return `object: ${typeOf(additionalProperties)}`;
  return Array.isArray(type) ? type.join(' or ') : String(type ?? 'any');
}

/** The ways to write a setting that are objects. */
function objectWays(setting: JsonSchema): readonly JsonSchema[] {
  return waysOf(setting).filter((way) => isRecord(way['properties']));
}

function waysOf(setting: JsonSchema): readonly JsonSchema[] {
  return [...listOf(setting['oneOf']), ...listOf(setting['anyOf'])].filter(isRecord);
}

function titleOf({ title }: JsonSchema): string {
  return typeof title === 'string' ? prose(title) : 'object';
}

/** A text that is only text: no emphasis, no code and no HTML. */
function prose(text: unknown): string {
  return typeof text === 'string' ? text.replace(/[\\<*_`]/g, String.raw`\$&`) : '';
}

function code(text: string): string {
  return `\`${text}\``;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
