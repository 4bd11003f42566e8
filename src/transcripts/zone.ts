/** A moment as the clocks of a zone show it. */
export interface LocalTime {
  /** `2026-11-23` */
  readonly day: string;
  /** `06:55:35` */
  readonly time: string;
  /** How far the zone is from UTC then: `+01:00`. */
  readonly offset: string;
}

/** A time zone: times of the log, which are UTC, as people there know them. */
export class Zone {
  readonly name: string;
  readonly #offsets: Intl.DateTimeFormat;
  // Offsets change at full quarters of an hour, and events come in the order of time.
  #quarter = Number.NaN;
  #offsetMs = 0;

  private constructor(name: string, offsets: Intl.DateTimeFormat) {
    this.name = name;
    this.#offsets = offsets;
  }

  /** By its name in the tz database: `UTC`, `Europe/Paris`. Null: there is no such zone. */
  static named(name: string): Zone | null {
    try {
      return new Zone(
        name,
        new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }),
      );
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }

  /** How far the zone's clocks are before UTC at a moment, in milliseconds. */
  offsetAt(ms: number): number {
    const quarter = Math.floor(ms / QUARTER_MS);
    if (quarter !== this.#quarter) {
      this.#offsetMs = this.#read(ms);
      this.#quarter = quarter;
    }
    return this.#offsetMs;
  }

  local(ms: number): LocalTime {
    const offsetMs = this.offsetAt(ms);
    const text = new Date(ms + offsetMs).toISOString();
    return { day: text.slice(0, 10), time: text.slice(11, 19), offset: offsetText(offsetMs) };
  }

  /**
   * The moment at which clocks in the zone show a time, given as if it were UTC. Of two such moments
   * it is the first; a time that the clocks leap over counts with the offset of before.
   */
  momentOf(shownMs: number): number {
    const earlier = shownMs - this.offsetAt(shownMs - DAY_MS);
    const later = shownMs - this.offsetAt(shownMs + DAY_MS);
    const fits = [earlier, later].filter((ms) => ms + this.offsetAt(ms) === shownMs);
    return fits.length === 0 ? earlier : Math.min(...fits);
  }

  #read(ms: number): number {
    const parts = this.#offsets.formatToParts(ms);
    const shown = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(shown) ?? [];
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -size : size;
  }
}

/** A day as people write it: `Monday, 23 November 2026`. */
export function dayInWords(day: string): string {
  return WORDS.format(Date.parse(`${day}T00:00:00Z`));
}

function offsetText(offsetMs: number): string {
  const minutes = Math.round(Math.abs(offsetMs) / 60_000);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map((n) =>
    String(n).padStart(2, '0'),
  );
  return `${offsetMs < 0 ? '-' : '+'}${hours}:${rest}`;
}

const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const OFFSET = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/;
const WORDS = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });
