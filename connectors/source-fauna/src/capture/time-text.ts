/** An instant in microseconds since 1970 as RFC 3339 in UTC, with the microseconds only if there are any. */
export function timeText(micros: bigint): string {
  const rest = ((micros % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (micros - rest) / 1_000_000n;
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, -'.000Z'.length);
  const fraction = rest === 0n ? '' : `.${String(rest).padStart(6, '0')}`;
  return `${text}${fraction}Z`;
}
