import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { MarkerScanner } from './marker.ts';
import type { Who, Wire } from './wires.ts';

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

  static async join(port: number, wire: Wire, who: Who): Promise<Member> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    for (const { send, until } of wire.steps(who)) {
      socket.write(send);
      await readUntil(socket, until);
    }
    // Everything after this is read by `listen`, nothing is kept back.
    socket.on('data', ignore).on('error', ignore);
    return new Member(socket, wire, who);
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
