import { connect } from 'nats';

/** Makes rooms with requests on NATS, as the operator's command does. */
export async function makeRooms(natsUrl: string, ids: readonly string[]): Promise<void> {
  const nc = await connect({ servers: natsUrl });
  const from = { id: '0', name: 'system' };
  for (const id of ids) {
    const command = { type: 'create', id: `make-${id}`, from, via: 'nats', name: `Room ${id}` };
    const answer = await nc.request(`chatcmd.relay.room.${id}`, JSON.stringify(command), {
      timeout: 10_000,
    });
    if (answer.json<{ ok: boolean }>().ok) continue;
    throw new Error(`room ${id} was not made: ${answer.string()}`);
  }
  await nc.close();
}
