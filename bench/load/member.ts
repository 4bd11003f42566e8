import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { MarkerScanner } from './marker.ts';
import type { Step, Who, Wire } from './wires.ts';

/** A connection that is in a room: a bare socket, so that the load costs little. */
export class Member {
  readonly socket: Socket;
  readonly #wire: Wire;
  readonly #who: Who;

  private constructor(socket: Socket, wire: Wire, who: Who) {
    this.socket = socket;
    this.#wire = wire;
    this.#who = who;
  }

  /** Connects and says who it is; a wire that has no login only connects. */
  static async logIn(port: number, wire: Wire, who: Who): Promise<Member> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const member = new Member(socket, wire, who);
    for (const step of wire.steps(who).slice(0, -1)) await member.#take(step);
    return member;
  }

  async enter(): Promise<void> {
    const last = this.#wire.steps(this.#who).at(-1);
    if (last !== undefined) await this.#take(last);
    // Everything after this is read by `listen`, nothing is kept back.
    this.socket.on('data', ignore).on('error', ignore);
  }

  async #take({ send, until }: Step): Promise<void> {
    this.socket.write(send);
    await readUntil(this.socket, until);
  }

  say(text: string): void {
    this.socket.write(this.#wire.say(this.#who, text));
  }

  keepAlive(): void {
    if (this.#wire.alive !== null) this.socket.write(this.#wire.alive);
  }

  /** Calls back with the number of every message that arrives; replaces who listened before. */
  listen(onNumber: (number: number) => void): void {
    const scanner = new MarkerScanner();
    this.socket.removeAllListeners('data');
    this.socket.on('data', (chunk: Buffer) => scanner.scan(chunk, onNumber));
  }

  /** Reads on, and tells whether the server hung up: after everything that was still to read. */
  async wasCut(): Promise<boolean> {
    const ended = new Promise<boolean>((resolve) => {
      for (const event of ['end', 'close']) this.socket.once(event, () => resolve(true));
    });
    this.socket.resume();
    return Promise.race([ended, pause(CUT_WITHIN_MS).then(() => this.socket.destroyed)]);
  }
}

function ignore(): void {}

async function readUntil(socket: Socket, wanted: string): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`${why} before ${JSON.stringify(wanted)}: ${said.slice(-300)}`));
    };
    const timer = setTimeout(() => fail('nothing came'), STEP_WITHIN_MS);
    const onClose = () => fail('the server hung up');
    socket.on('close', onClose).on('error', ignore);
    socket.on('data', function read(chunk: Buffer) {
      said += chunk.toString('latin1');
      if (!said.includes(wanted)) return;
      clearTimeout(timer);
      socket.off('data', read).off('close', onClose);
      resolve();
    });
  });
}

const STEP_WITHIN_MS = 60_000;
const CUT_WITHIN_MS = 3000;
