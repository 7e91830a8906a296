/** A program and its words, none of which a shell has seen. */
export interface Command {
  readonly program: string;
  readonly words: readonly string[];
}

/** A command as it can be pasted into a shell: one line, or a word on each. */
export function shellText({ program, words }: Command): string {
  const quoted = [program, ...words].map(quote);
  const line = quoted.join(' ');
  if (line.length <= 100) return line;
  const first = quoted.findIndex((word) => word.startsWith('--'));
  const from = first < 0 ? quoted.length : first;
  return [quoted.slice(0, from).join(' '), ...quoted.slice(from)].join(' \\\n  ');
}

/** A word as a shell takes it without changing it. */
function quote(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
