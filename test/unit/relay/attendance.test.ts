import { expect, it } from 'vitest';
import { createJsonCodec } from '../../../src/codecs/json/codec.ts';
import { Attendance } from '../../../src/relay/attendance.ts';

const ANN = { id: '9', name: 'ann' };
const BOB = { id: '7', name: 'bob' };
const json = createJsonCodec({ frameMaxBytes: 100 });
const catching = { ...json, catchUp: true };

it('has an account once and until its last session is gone', () => {
  const here = new Attendance();
  for (const actor of [ANN, BOB, ANN, ANN]) here.add({ actor, codec: json });
  expect(here.actors).toEqual([ANN, BOB]);
  for (const isHere of [true, true, false]) {
    here.remove({ actor: ANN, codec: json });
    expect(here.actor(ANN.id) !== null).toBe(isHere);
  }
  expect(here.actors).toEqual([BOB]);
});

it('counts the sessions whose dialect catches up', () => {
  const here = new Attendance();
  for (const codec of [json, catching, catching]) here.add({ actor: ANN, codec });
  expect(here.catchUp).toBe(2);
  here.remove({ actor: ANN, codec: catching });
  here.remove({ actor: ANN, codec: json });
  expect(here.catchUp).toBe(1);
});
