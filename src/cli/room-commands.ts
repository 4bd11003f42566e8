import { randomUUID } from 'node:crypto';
import type { BusConnection } from '../bus/bus-connection.ts';
import { BusError } from '../bus/bus-error.ts';
import { Requester } from '../bus/requester.ts';
import { commandSubjectOfRoom } from '../bus/subjects.ts';
import { SYSTEM } from '../domain/events.ts';
import { type RoomAnswer, type RoomCommand, roomAnswer } from '../domain/room-commands.ts';
import { CommandError } from './command.ts';

/**
 * Makes and removes rooms as the system itself, by asking chat-core. Throws `CommandError` when no
 * chat-core answers.
 */
export class RoomCommands {
  readonly #requester: Requester;

  constructor(bus: BusConnection, timeoutMs: number) {
    this.#requester = new Requester(bus, { timeoutMs, pendingMax: 10 });
  }

  create(room: string, name: string): Promise<RoomAnswer> {
    return this.#ask(room, { type: 'create', id: randomUUID(), from: SYSTEM, via: 'nats', name });
  }

  remove(room: string): Promise<RoomAnswer> {
    return this.#ask(room, { type: 'remove', id: randomUUID(), from: SYSTEM, via: 'nats' });
  }

  stop(): void {
    this.#requester.stop();
  }

  async #ask(room: string, command: RoomCommand): Promise<RoomAnswer> {
    try {
      const subject = commandSubjectOfRoom(room);
      const answer = await this.#requester.request(subject, JSON.stringify(command));
      return roomAnswer.parse(answer.json());
    } catch (cause) {
      if (!(cause instanceof BusError)) throw cause;
      throw new CommandError('no chat-core answers: is one running?', { cause });
    }
  }
}
