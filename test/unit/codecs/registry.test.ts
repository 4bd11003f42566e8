import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../src/codecs/registry.ts';
import { OPTIONS } from './samples.ts';

describe('the dialects of the XML wire', () => {
  it.each([
    ['the login of 2004', '<login u="enobrev" p="mypassword" />'],
    ['a login that waits for the end of its tag', '<login u="enobrev" p="mypassword">'],
    ['the unclosed room of 2004, before any login', '<room id="1" uid="6">'],
    ['an element of no dialect', '<hello/>'],
    ['an empty frame', ''],
    ['JSON', '{"type":"ping"}'],
    ['text that is no XML', 'hello'],
  ])('whoever begins with %s speaks compact', (_name, frame) => {
    expect(firstToRecognise(Buffer.from(frame))).toBe('compact');
  });

  it('bytes that are no UTF-8 are recognised without a throw', () => {
    expect(firstToRecognise(Buffer.from([0xff, 0xfe, 0x00, 0x3c, 0xc0, 0x80]))).toBe('compact');
  });

  it('have names of their own, which are the names of their codecs', () => {
    const names = DIALECTS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(DIALECTS.map((dialect) => dialect.create(OPTIONS).name)).toEqual(names);
  });
});

function firstToRecognise(frame: Buffer): string | undefined {
  return DIALECTS.find((dialect) => dialect.recognises(frame))?.name;
}
