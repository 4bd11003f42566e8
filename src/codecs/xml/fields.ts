import { accountId, roomId } from '../../domain/ids.ts';
import { type Refusal, refusal } from '../../domain/refusals.ts';
import { codePointLength } from '../../domain/text.ts';
import type { Element } from './element.ts';

/** Thrown and caught inside decoding only: an attribute is missing or wrong. */
export class BadField extends Error {
  readonly refusal: Refusal;

  constructor(what: string) {
    super(what);
    this.refusal = refusal('BAD_FIELD', what);
  }
}

/** The attributes of an element, each checked as it is read. Every method throws `BadField`. */
export class Fields {
  readonly #element: Element;

  constructor(element: Element) {
    this.#element = element;
  }

  /** The text of the element, which must have no elements in it. */
  text(): string {
    this.refuseMarkup();
    return this.#element.text;
  }

  refuseMarkup(): void {
    if (this.#element.children.length > 0) throw new BadField('Markup is not allowed here.');
  }

  has(name: string): boolean {
    return this.#element.attributes.has(name);
  }

  /** At most `lengthMax` code points. */
  string(name: string, lengthMax: number): string {
    const value = this.#element.attributes.get(name);
    if (value === undefined) throw new BadField(`The attribute ${name} is missing.`);
    if (codePointLength(value) > lengthMax)
      throw new BadField(`The attribute ${name} is too long.`);
    return value;
  }

  room(name: string): string {
    const room = roomId.safeParse(this.string(name, 64));
    if (!room.success) throw new BadField(`The attribute ${name} is not a room id.`);
    return room.data;
  }

  optionalRoom(name: string): string | null {
    return this.has(name) ? this.room(name) : null;
  }

  rooms(name: string): string[] {
    if (!this.has(name)) return [];
    const rooms = this.string(name, ROOMS_LENGTH_MAX).split(',');
    const checked = roomList.safeParse(rooms.map((room) => room.trim()));
    if (!checked.success) throw new BadField(`The attribute ${name} is not a list of room ids.`);
    return [...new Set(checked.data)];
  }

  account(name: string): string {
    const account = accountId.safeParse(this.string(name, 64));
    if (!account.success) throw new BadField(`The attribute ${name} is not an account id.`);
    return account.data;
  }

  optionalInteger(name: string): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.string(name, 64);
    const isInteger = /^(0|[1-9][0-9]{0,15})$/.test(value) && Number.isSafeInteger(Number(value));
    if (!isInteger) throw new BadField(`The attribute ${name} is not a whole number.`);
    return Number(value);
  }
}

const ROOMS_MAX = 32;
const ROOMS_LENGTH_MAX = ROOMS_MAX * 34;
const roomList = roomId.array().min(1).max(ROOMS_MAX);
