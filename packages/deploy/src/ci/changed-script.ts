import { besideCode } from '../changes/affected.ts';

/**
 * Lines of a shell that set `changed` to `yes` when files in `$files` are of a connector, or of code
 * that connectors share; as `isAffected` has it.
 *
 * @param pattern an extended regular expression for the connector's own files.
 */
export function changedScript(pattern: string): string {
  const others = ['^$', '^connectors/', ...besideCode].join('|');
  return [
    'changed=no',
    `if echo "$files" | grep -E '${pattern}' > /dev/null; then changed=yes; fi`,
    '# Whatever is in no connector, and is no text for people, is code that connectors share.',
    `if echo "$files" | grep -vE '${others}' > /dev/null; then changed=yes; fi`,
  ].join('\n');
}
