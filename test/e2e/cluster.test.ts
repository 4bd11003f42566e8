import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'nats';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  startNatsCluster,
  type TestNatsCluster,
  type TestNatsServer,
} from '../support/nats-server.ts';
import { type Program, startProgram } from '../support/system.ts';
import { Talker } from '../support/talker.ts';

const MESSAGES = 200;

let cluster: TestNatsCluster;
let core: Program;
let relay: Program;

beforeAll(async () => {
  cluster = await startNatsCluster();
  const env = { RELAY_NATS_URL: cluster.url, RELAY_ADMIN_PORT: '0', RELAY_BUS_REPLICAS: '3' };
  core = await startProgram(['core'], { ...env, RELAY_DEMO: '1' });
  relay = await startProgram(['relay'], { ...env, RELAY_PORT: '0', RELAY_RATE_LIMITS: 'off' });
}, 90_000);

afterAll(async () => {
  await Promise.all([relay.stop(), core.stop()]);
  await cluster.stop();
});

it('loses and doubles nothing that was acknowledged when the leader of the log is killed', {
  timeout: 180_000,
}, async () => {
  const talker = new Talker(Number(relay.ready['port']), 60_000);
  const node = await leader();
  const disturbance = pause(100).then(() => node.kill('SIGKILL'));
  const acknowledged = await talker.say('cluster', MESSAGES);
  await disturbance;
  expect(await talker.stored(acknowledged)).toEqual(acknowledged);
  await node.restart();
  const more = await talker.say('healed', 20);
  expect(await talker.stored(more)).toEqual(more);
  talker.close();
});

// Nodes are named n0, n1 and so on.
async function leader(): Promise<TestNatsServer> {
  const nc = await connect({ servers: cluster.url.split(',') });
  const { cluster: placed } = await (await nc.jetstreamManager()).streams.info('CHATLOG');
  await nc.close();
  const node = cluster.nodes[Number(placed?.leader?.slice(1))];
  if (node === undefined) throw new Error('the log has no leader');
  return node;
}
