/** Bytes as a person reads them, in powers of 1024: `1.5 GiB`. */
export function bytesText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power]}`;
}

/** A time in its largest unit that leaves at least 1: `1.5 days`. */
export function durationText(ms: number): string {
  const [unit, size] = DURATIONS.find(([, length]) => ms >= length) ?? ['ms', 1];
  return `${Number((ms / size).toFixed(1))} ${unit}`;
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;
const DURATIONS = [
  ['days', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const;
