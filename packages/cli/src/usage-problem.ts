/** What is wrong with the words of a command line, for its writer. */
export interface UsageProblem {
  readonly message: string;
  readonly hint?: string;
}

/**
 * The problem behind an error of the command line parser, from its code and its text.
 * @param verb the words of the verb that was meant: `state show`.
 */
export function usageProblem(code: string, text: string, verb: string): UsageProblem {
  const [line = '', near = ''] = text.replace(/^error: /, '').split('\n');
  const suggestion = /^\(Did you mean (?:one of )?([^,?]+)/.exec(near)?.[1];
  const message = line.replaceAll("'", '"').replace(/\.$/, '');
  if (suggestion !== undefined) return { message: `${message}; did you mean "${suggestion}"?` };
  const help = `See "fairlead ${verb === '' ? '' : `${verb} `}--help".`;
  if (code !== 'commander.excessArguments') return { message, hint: help };
  const isCopy = verb === 'copy';
  return {
    message: 'too many words',
    hint: isCopy ? 'Put quotes around a pattern, so that the shell leaves it alone.' : help,
  };
}
