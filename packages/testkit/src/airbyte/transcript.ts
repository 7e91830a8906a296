import { readAirbyteMessage, type AirbyteMessage, type MessageOf } from './message.ts';

/** What a program wrote, and how it ended. */
export interface Transcript {
  /** The exit code, or the signal that ended it. */
  readonly end: number | string;
  readonly messages: readonly AirbyteMessage[];
  /** What is wrong with lines that are no messages. */
  readonly noise: readonly string[];
  /** All that was written to standard output and standard error. */
  readonly text: string;
}

/** Reads what was written, line by line. */
export function transcriptOf(end: number | string, stdout: string, stderr: string): Transcript {
  const messages: AirbyteMessage[] = [];
  const noise: string[] = [];
  const lines: string[] = stdout.split('\n');
  const last = lines.pop();
  if (last !== '') noise.push('the last line has no end');
  for (const line of lines) {
    const read = readAirbyteMessage(line);
    if (typeof read === 'string') noise.push(read);
    else messages.push(read);
  }
  return { end, messages, noise, text: `${stdout}${stderr}` };
}

/** The messages of one type, in order. */
export function messagesOf<Type extends AirbyteMessage['type']>(
  { messages }: Pick<Transcript, 'messages'>,
  type: Type,
): readonly MessageOf<Type>[] {
  return messages.filter((message): message is MessageOf<Type> => message.type === type);
}

/** The errors that were told of, in order. */
export function errorsIn(transcript: Transcript) {
  return messagesOf(transcript, 'TRACE').flatMap(({ trace }) =>
    trace.type === 'ERROR' ? [trace.error] : [],
  );
}

/** How a program ended, with the errors it told of, for messages about it. */
export function describeEnd(transcript: Transcript): string {
  const errors = errorsIn(transcript).map(({ message, internal_message: internal }) =>
    typeof internal === 'string' ? `${message} (${internal})` : message,
  );
  const said = errors.length === 0 ? '' : `, and says: ${errors.join(' / ')}`;
  return `it ended with ${transcript.end}${said}`;
}
