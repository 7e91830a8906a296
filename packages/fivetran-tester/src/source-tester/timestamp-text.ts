/** Seconds since 1970, and nanoseconds after them. */
export interface TimestampParts {
  readonly seconds: bigint;
  readonly nanos: number;
}

/** The date of a timestamp: `2007-12-03`. */
export function dateText(time: TimestampParts): string {
  const text = dateTimeText(time);
  return text.slice(0, text.indexOf('T'));
}

/** The date and time of a timestamp, with as many digits of a second as it has: `2007-12-03T10:15:30.5`. */
export function dateTimeText({ seconds, nanos }: TimestampParts): string {
  // Of whole seconds the text ends in .000Z.
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, -5);
  const plain = text.replace(/^\+0*(?=\d{4,}-)/, '');
  return nanos === 0 ? plain : `${plain}.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}

/** The time of a timestamp: `10:15:30`. */
export function timeText(time: TimestampParts): string {
  const text = dateTimeText(time);
  return text.slice(text.indexOf('T') + 1);
}
