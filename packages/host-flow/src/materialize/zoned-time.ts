/** What a clock on the wall of some place shows. */
export interface ZonedTime {
  /** Sunday is 0. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
}

/**
 * The time in a zone: an IANA name or `±HH:MM`. Undefined when there is no such zone.
 */
export function zonedTime(atEpochMs: number, timeZone: string): ZonedTime | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d\d):(\d\d)$/.exec(timeZone) ?? [];
  if (hours !== undefined && minutes !== undefined) {
    const offset = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
    const at = new Date(atEpochMs + offset * 60_000);
    return { day: at.getUTCDay(), hour: at.getUTCHours(), minute: at.getUTCMinutes() };
  }
  const parts = formatOf(timeZone)?.formatToParts(atEpochMs);
  if (parts === undefined) return undefined;
  const part = (type: string) => parts.find((one) => one.type === type)?.value ?? '';
  return {
    day: shortDays.indexOf(part('weekday')),
    hour: Number(part('hour')),
    minute: Number(part('minute')),
  };
}

export function minutesOfDay({ hour, minute }: ZonedTime): number {
  return hour * 60 + minute;
}

/** `HH:MM` as minutes of the day; undefined when it is none. */
export function clockTime(text: string): number | undefined {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  return hour === undefined ? undefined : Number(hour) * 60 + Number(minute);
}

/** The days of `M-F`, `M,W,F` or `Su-T,Th-S`, all when it is empty; undefined when it is none of this. */
export function activeDays(text: string): ReadonlySet<number> | undefined {
  if (text.trim() === '') return new Set(dayNames.keys());
  const days = new Set<number>();
  for (const range of text.split(',')) {
    const [first = '', last = first, ...more] = range.split('-').map((name) => name.trim());
    const begin = dayNames.indexOf(first);
    const end = dayNames.indexOf(last);
    if (begin === -1 || end === -1 || more.length > 0) return undefined;
    for (let day = begin; ; day = (day + 1) % 7) {
      days.add(day);
      if (day === end) break;
    }
  }
  return days;
}

const dayNames: readonly string[] = ['Su', 'M', 'T', 'W', 'Th', 'F', 'S'];
const shortDays: readonly string[] = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
    return format;
  } catch {
    // A name that nobody knows is what is asked here.
    return undefined;
  }
}
