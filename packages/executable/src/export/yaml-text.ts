import { stringify } from 'yaml';

/** YAML for people, after a comment. */
export function yamlText(value: unknown, comment?: string): string {
  const text = stringify(value, { singleQuote: true, lineWidth: 0, aliasDuplicateObjects: false });
  return comment === undefined ? text : `# ${comment}\n${text}`;
}
