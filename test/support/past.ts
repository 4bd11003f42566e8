import { Bucket } from '../../src/bus/bucket.ts';
import { BusConnection } from '../../src/bus/bus-connection.ts';
import { appendHeaders } from '../../src/bus/log-reader.ts';
import { ensureLogStream } from '../../src/bus/log-stream.ts';
import { logSubjectOfRoom } from '../../src/bus/subjects.ts';
import type { Draft } from '../../src/core/decide.ts';
import { RoomRegistry } from '../../src/core/room-registry.ts';
import { chainHash, FIRST_HASH } from '../../src/core/room-state.ts';

/** What happened in a room at some time in the past: a moment of UTC, and an event. */
export type Past = readonly (readonly [time: string, draft: Draft])[];

/** Writes a room as a chat-core of then has written it, hash chain included, and lists the room. */
export async function writePast(url: string, room: string, name: string, past: Past) {
  const bus = await BusConnection.open({ url, name: 'past', reconnectWaitMs: 100 });
  await ensureLogStream(bus, { replicas: 1, duplicateWindowMs: 120_000 });
  const jetstream = bus.nc.jetstream();
  let [last, hash] = [0, FIRST_HASH];
  for (const [index, [at, { type, from, via, ...own }]] of past.entries()) {
    const id = `${room}-${index}`;
    const place = { v: 1, id, n: index + 1, type, room, time: new Date(at).toISOString() };
    const payload = JSON.stringify({ ...place, from, ...own, via });
    hash = chainHash(hash, payload);
    const headers = appendHeaders(id, last, hash);
    last = (await jetstream.publish(logSubjectOfRoom(room), payload, { headers })).seq;
  }
  const registry = new RoomRegistry(await Bucket.open(bus, 'chat_rooms', 1));
  await registry.put(room, name);
  await bus.close();
}
