import type { DocumentsByStream } from './source-run.ts';

/**
 * How the documents of two readings together differ from those of one: of each stream, what is
 * missing, what is there too often, and whether the order is another one.
 */
export function resumeProblems(
  whole: DocumentsByStream,
  parts: readonly DocumentsByStream[],
  { repeats = false }: { readonly repeats?: boolean } = {},
): string[] {
  const streams = new Set([...Object.keys(whole), ...parts.flatMap((part) => Object.keys(part))]);
  return [...streams].flatMap((stream) => {
    const expected = whole[stream] ?? [];
    const actual = parts.flatMap((part) => part[stream] ?? []);
    return lineProblems(expected, actual, repeats).map((problem) => `${stream}: ${problem}`);
  });
}

/** How one list of documents differs from another one, in whatever order they are. */
export function setProblems(expected: readonly string[], actual: readonly string[]): string[] {
  const problems: string[] = [];
  const counts = countLines(expected);
  for (const [line, count] of countLines(actual)) {
    const wanted = counts.get(line) ?? 0;
    counts.delete(line);
    if (wanted === 0) problems.push(`there is an unknown document: ${short(line)}`);
    else if (count > wanted)
      problems.push(`there ${count - wanted} times too often: ${short(line)}`);
    else if (count < wanted) problems.push(`missing: ${short(line)}`);
  }
  for (const line of counts.keys()) problems.push(`missing: ${short(line)}`);
  return problems;
}

function lineProblems(
  expected: readonly string[],
  actual: readonly string[],
  repeats: boolean,
): string[] {
  const problems = setProblems(expected, actual).filter(
    (problem) => !repeats || !problem.includes('too often'),
  );
  if (problems.length > 0 || repeats) return problems;
  const first = expected.findIndex((line, index) => line !== actual[index]);
  return first === -1 ? [] : [`the order is another one from document ${first} on`];
}

function countLines(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function short(line: string): string {
  return line.length <= 120 ? line : `${line.slice(0, 117)}…`;
}
