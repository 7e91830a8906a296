import { closest, type Materialization, type Source } from '@fairlead/sdk';
import type { About } from './about.ts';
import { helpText } from './help-text.ts';

/** What a call of an executable asks for. */
export type Call =
  | { readonly is: 'flow' }
  | { readonly is: 'airbyte' }
  /** To be told a text. */
  | { readonly is: 'tell'; readonly text: string }
  /** Something that there is not; the text says so. */
  | { readonly is: 'refuse'; readonly text: string };

/** What the arguments of a call ask for. Without any, a terminal is told how to call the executable. */
export function planCall(
  connector: Source | Materialization,
  about: About,
  args: readonly string[],
  isTerminal: boolean,
): Call {
  const [word] = args;
  const known = airbyteCommands(connector);
  if (word === undefined) {
    return isTerminal ? { is: 'refuse', text: helpText(connector, about) } : { is: 'flow' };
  }
  if (known.includes(word)) return { is: 'airbyte' };
  if (word === '--help' || word === '-h' || word === 'help') {
    return { is: 'tell', text: helpText(connector, about) };
  }
  if (word === '--version' || word === '-V') {
    return { is: 'tell', text: `${about.name} ${about.version}\n` };
  }
  return { is: 'refuse', text: `${connector.name}: ${refusal(connector, word, known)}\n` };
}

/** The commands of Airbyte that a connector has. */
function airbyteCommands(connector: Source | Materialization): readonly string[] {
  return 'pull' in connector ? ['spec', 'check', 'discover', 'read'] : ['spec', 'check', 'write'];
}

function refusal(
  connector: Source | Materialization,
  word: string,
  known: readonly string[],
): string {
  const hint = `Its commands are ${list(known)}; see --help.`;
  if (word === 'read' || word === 'discover' || word === 'write') {
    const kind = 'pull' in connector ? 'source' : 'destination';
    return `a ${kind} has no command "${word}". ${hint}`;
  }
  const near = closest(word, [...known, '--help', '--version']);
  const problem = `there is no command ${JSON.stringify(word)}`;
  return near === undefined ? `${problem}. ${hint}` : `${problem}; did you mean "${near}"? ${hint}`;
}

function list(words: readonly string[]): string {
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
