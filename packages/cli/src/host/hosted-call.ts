/** A call that makes this process a program of another platform. */
export interface HostedCall {
  readonly host: 'flow' | 'airbyte';
  /** The connector, as the user calls it. */
  readonly name: string;
  /** What the platform says, untouched. */
  readonly args: readonly string[];
}

/**
 * The call that the words of a command line are, when they are `flow NAME` or `airbyte NAME` with a
 * command of Airbyte. All others, also those that ask for help, are for the verbs.
 */
export function hostedCall(words: readonly string[]): HostedCall | undefined {
  const [host, name = '', ...args] = words;
  if (name === '' || name.startsWith('-')) return undefined;
  if (host === 'flow' && args.length === 0) return { host, name, args };
  if (host === 'airbyte' && args.length > 0) return { host, name, args };
  return undefined;
}
