import { readFileSync } from 'node:fs';
import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { FORMS, ROOM_EVENTS } from '../../scripts/contract/forms.ts';
import { ANY_LIVE_USER, COMMAND_SUBJECTS, CONTROL_SUBJECTS } from '../../src/bus/subjects.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');
const text = read('asyncapi.yaml');

function validator() {
  const ajv = new Ajv({ strict: true, allowUnionTypes: true });
  addFormats.default(ajv);
  return ajv;
}

describe('asyncapi.yaml', () => {
  it('is valid by the parser of AsyncAPI', async () => {
    const { document, diagnostics } = await new Parser().parse(text);
    // Version 3.0 is what tools have learnt.
    const found = diagnostics.filter(({ code }) => code !== 'asyncapi-latest-version');
    expect(found.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
  });

  it('has an address for every subject that is served or told', () => {
    const { channels } = parse(text);
    const addresses = Object.values<{ address: string }>(channels).map(({ address }) =>
      address.replace(/\{\w+\}/g, '*'),
    );
    const told = [CONTROL_SUBJECTS.relayBeat, CONTROL_SUBJECTS.heard, CONTROL_SUBJECTS.coreBeat];
    const subjects = ['chat.room.*', ANY_LIVE_USER, ...Object.values(COMMAND_SUBJECTS), ...told];
    expect(addresses).toEqual(expect.arrayContaining(subjects));
  });
});

describe.each(FORMS)('$name', ({ name, schema, examples }) => {
  it('has examples, and they are of its form', () => {
    expect(examples.length, 'examples').toBeGreaterThan(0);
    const validate = validator().compile(schema);
    for (const example of examples) {
      expect(
        validate(example),
        `${JSON.stringify(example)}: ${validator().errorsText(validate.errors)}`,
      ).toBe(true);
    }
  });

  it('is the same in its file and in the document', () => {
    const file = JSON.parse(read(`schemas/${name}.json`));
    const { components } = parse(text);
    expect(file).toMatchObject(components.schemas[name]);
  });
});

describe('the schemas', () => {
  it('refuse what is no event', () => {
    const [posted] = ROOM_EVENTS;
    const [example] = posted?.examples ?? [];
    const validate = validator().compile(posted?.schema ?? {});
    const event = example as Record<string, unknown>;
    for (const wrong of [
      ...[{ v: 2 }, { n: 0 }, { room: 'a.b' }, { time: '2026-11-23' }, { from: { id: '6' } }],
      ...[{ via: 'smtp' }, { text: undefined }, { type: 'message.sent' }],
    ]) {
      expect(validate({ ...event, ...wrong }), JSON.stringify(wrong)).toBe(false);
    }
    expect(validate({ ...event, added: 'later' })).toBe(true);
  });
});
