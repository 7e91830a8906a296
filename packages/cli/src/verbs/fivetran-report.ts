import type { Finding, TestOutcome } from '@fairlead/fivetran-tester';
import { printable } from '../printable.ts';

/** What the tests of a form came to, a line each. */
export function testLines(tests: readonly TestOutcome[]): readonly string[] {
  return tests.map(({ label, name, failure }) => {
    const outcome = failure === undefined ? 'passed' : `failed: ${failure}`;
    return printable(`test ${label === '' ? name : label}: ${outcome}`);
  });
}

/** What a tester noticed, and what the connector itself has warned of, a line each. */
export function noticeLines(
  findings: readonly Finding[],
  warnings: readonly string[],
): readonly string[] {
  return [
    ...warnings.map((warning) => printable(`the connector warns: ${warning}`)),
    ...findings.map(({ message, where, count }) => {
      const place = where === undefined ? '' : `${where}: `;
      return printable(`look at this: ${place}${message}${count > 1 ? ` (${count} times)` : ''}`);
    }),
  ];
}

/** Blocks of lines, an empty one between them. Empty blocks are left out. */
export function inBlocks(...blocks: readonly (string | readonly string[])[]): string {
  const texts = blocks.map((block) =>
    typeof block === 'string' ? block : block.map((line) => `${line}\n`).join(''),
  );
  return texts.filter((text) => text !== '').join('\n');
}
