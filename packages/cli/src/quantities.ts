/** A count with separators: `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A count in three digits: `999`, `1.23k`, `45.6M`. */
export function formatShort(count: number): string {
  return scaled(count, ['', 'k', 'M', 'G', 'T', 'P']);
}

/** An amount of data in three digits: `999 B`, `1.23 kB`, `45.6 MB`. */
export function formatBytes(bytes: number): string {
  return scaled(bytes, [' B', ' kB', ' MB', ' GB', ' TB', ' PB']);
}

function scaled(value: number, units: readonly string[]): string {
  let power = 0;
  let rest = value;
  // 999.5 would be written with four digits.
  while (rest >= 999.5 && power < units.length - 1) {
    rest /= 1000;
    power++;
  }
  const digits = power === 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
  return `${rest.toFixed(digits)}${units[power] ?? ''}`;
}

/** A length of time as a person says it: `80 ms`, `12.3 s`, `4 min 05 s`, `2 h 07 min`. */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${pad(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)} min`;
}

/** A length of time as a clock shows it: `0:07`, `12:30`, `1:05:00`. */
export function formatClock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor(whole / 60) % 60;
  const tail = pad(whole % 60);
  return hours === 0 ? `${minutes}:${tail}` : `${hours}:${pad(minutes)}:${tail}`;
}

function pad(value: number): string {
  return value.toString().padStart(2, '0');
}
