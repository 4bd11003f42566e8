import { setTimeout as pause } from 'node:timers/promises';
import type { BusConnection } from '../../bus/bus-connection.ts';
import { BusError } from '../../bus/bus-error.ts';
import { receive } from '../../bus/messages.ts';
import { Requester } from '../../bus/requester.ts';
import { COMMAND_SUBJECTS, CONTROL_SUBJECTS } from '../../bus/subjects.ts';
import { coreBeat, relayBeat } from '../../domain/control.ts';
import { roomsAnswer } from '../../domain/room-commands.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

export interface LifeOptions {
  readonly heartbeatMs: number;
  readonly commandTimeoutMs: number;
}

/** Which relays and chat-cores live, and whether a command is answered. Takes some heartbeats. */
export async function checkLife(bus: BusConnection, options: LifeOptions): Promise<Finding[]> {
  const relays = new Set<string>();
  const cores = new Set<string>();
  const endings = [
    receive(bus, CONTROL_SUBJECTS.relayBeat, ({ body }) => {
      const beat = relayBeat.safeParse(body).data;
      if (beat !== undefined && beat.stopping !== true) relays.add(beat.relay);
    }),
    receive(bus, CONTROL_SUBJECTS.coreBeat, ({ body }) => {
      const beat = coreBeat.safeParse(body).data;
      if (beat !== undefined && beat.stopping !== true) cores.add(beat.core);
    }),
  ];
  const [answers] = await Promise.all([
    askForRooms(bus, options.commandTimeoutMs),
    pause(options.heartbeatMs * BEATS_HEARD),
  ]);
  for (const end of endings) end();
  return [livingCores(cores), livingRelays(relays), answers];
}

const BEATS_HEARD = 2.5;

function livingCores(cores: ReadonlySet<string>): Finding {
  if (cores.size > 0) return ok('cores', `${cores.size} alive: ${[...cores].sort().join(', ')}`);
  return fail('cores', 'no chat-core is alive', 'start one: xmlsocket-relay core');
}

function livingRelays(relays: ReadonlySet<string>): Finding {
  if (relays.size > 0)
    return ok('relays', `${relays.size} alive: ${[...relays].sort().join(', ')}`);
  return warn('relays', 'no relay is alive', 'start one: xmlsocket-relay relay');
}

async function askForRooms(bus: BusConnection, timeoutMs: number): Promise<Finding> {
  const requester = new Requester(bus, { timeoutMs, pendingMax: 1 });
  const begun = performance.now();
  try {
    const answer = await requester.request(COMMAND_SUBJECTS.rooms, '{}');
    const said = roomsAnswer.parse(answer.json());
    const took = Math.round(performance.now() - begun);
    if (said.ok)
      return ok('commands', `chat-core answers in ${took} ms: ${said.rooms.length} rooms`);
    return fail('commands', `chat-core refuses: ${said.message}`, 'look into the log of chat-core');
  } catch (error) {
    if (!(error instanceof BusError)) throw error;
    return fail('commands', `a command got no answer: ${error.message}`, 'see the check of cores');
  } finally {
    requester.stop();
  }
}
