import type { LegacyClient } from './legacy-client.ts';
import type { WebClient, WebMessage } from './web-client.ts';

/**
 * Writes down what two clients and the bus say, in the order in which a reader can follow it: what a
 * client hears is written down when the test waits for it, what the bus says at the end.
 */
export class Transcript {
  readonly #lines: string[] = [];
  readonly #bus: string[] = [];

  xml(client: LegacyClient) {
    const hear = async (...beginnings: string[]) => {
      for (const beginning of beginnings) {
        const frame = await client.next();
        if (!frame.startsWith(beginning)) throw new Error(`expected ${beginning}, heard ${frame}`);
        this.#lines.push(`xml<  ${frame}`);
      }
    };
    const ask = async (frame: string, ...beginnings: string[]) => {
      this.#lines.push(`xml>  ${frame}`);
      client.send(frame);
      await hear(...beginnings);
    };
    return { ask, hear };
  }

  json(client: WebClient) {
    // A reply and an event may come in either order.
    const hear = async (...types: string[]) => {
      const heard: WebMessage[] = [];
      while (heard.length < types.length) heard.push(await client.next());
      for (const type of types) {
        const message = heard.find((one) => one['type'] === type);
        if (message === undefined) {
          throw new Error(`expected ${type}, heard ${JSON.stringify(heard)}`);
        }
        this.#lines.push(`json< ${JSON.stringify(message)}`);
      }
    };
    const ask = async (command: WebMessage, ...types: string[]) => {
      this.#lines.push(`json> ${JSON.stringify(command)}`);
      client.send(command);
      await hear(...types);
    };
    return { ask, hear };
  }

  bus(subject: string, payload: string): void {
    this.#bus.push(`bus   ${subject} ${payload}`);
  }

  /** What is different each time is masked: ids, times, tokens. */
  masked(): string {
    return `${[...this.#lines, ...this.#bus].map(mask).join('\n')}\n`;
  }
}

function mask(line: string): string {
  return line
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>')
    .replace(/"session":"[^"]+"/g, '"session":"<token>"');
}
