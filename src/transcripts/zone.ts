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
  /** Null: it is UTC. */
  readonly #offsets: Intl.DateTimeFormat | null;
  // Offsets change at full quarters of an hour, and events come in the order of time.
  #quarter = Number.NaN;
  #offsetMs = 0;
  // And mostly several to the minute.
  #minute = Number.NaN;
  #day = '';
  #hoursAndMinutes = '';

  private constructor(name: string, offsets: Intl.DateTimeFormat | null) {
    this.name = name;
    this.#offsets = offsets;
  }

  /** By its name in the tz database: `UTC`, `Europe/Paris`. Null: there is no such zone. */
  static named(name: string): Zone | null {
    // What Intl reads before it is of use takes a short command some time.
    if (name === 'UTC') return new Zone(name, null);
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
    const shownMs = ms + offsetMs;
    const minute = Math.floor(shownMs / MINUTE_MS);
    if (minute !== this.#minute) {
      const text = new Date(shownMs).toISOString();
      this.#day = text.slice(0, 10);
      this.#hoursAndMinutes = text.slice(11, 17);
      this.#minute = minute;
    }
    const seconds = Math.floor((shownMs - minute * MINUTE_MS) / 1000);
    const time = `${this.#hoursAndMinutes}${twoDigits(seconds)}`;
    return { day: this.#day, time, offset: offsetText(offsetMs) };
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
    if (this.#offsets === null) return 0;
    const parts = this.#offsets.formatToParts(ms);
    const shown = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign = '+', hours = 0, minutes = 0, seconds = 0] = OFFSET.exec(shown) ?? [];
    const size = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -size : size;
  }
}

/** A day as people write it: `Monday, 23 November 2026`. */
export function dayInWords(day: string): string {
  const words = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeZone: 'UTC' });
  return words.format(Date.parse(`${day}T00:00:00Z`));
}

function offsetText(offsetMs: number): string {
  if (offsetMs === 0) return '+00:00';
  const minutes = Math.round(Math.abs(offsetMs) / MINUTE_MS);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60].map(twoDigits);
  return `${offsetMs < 0 ? '-' : '+'}${hours}:${rest}`;
}

function twoDigits(number: number): string {
  return number < 10 ? `0${number}` : String(number);
}

const MINUTE_MS = 60_000;
const QUARTER_MS = 900_000;
const DAY_MS = 86_400_000;
const OFFSET = /GMT([+-])(\d+):?(\d+)?:?(\d+)?/;
