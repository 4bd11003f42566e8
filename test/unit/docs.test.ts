import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { z } from 'zod';
import { contractDocuments } from '../../scripts/contract/documents.ts';
import { COMMANDS } from '../../src/cli/run.ts';
import { createCompactCodec } from '../../src/codecs/compact/codec.ts';
import { createJsonCodec } from '../../src/codecs/json/codec.ts';
import { commandSchema } from '../../src/codecs/json/schema.ts';
import { DIALECTS } from '../../src/codecs/registry.ts';
import { configKeys, variableOf } from '../../src/config/load.ts';
import { botRoomCommand, botUserCommand } from '../../src/domain/bot-commands.ts';
import { roomEvent, whisperEvent } from '../../src/domain/events.ts';
import { isRefusalCode, REFUSALS, refusal } from '../../src/domain/refusals.ts';
import {
  loginAnswer,
  loginCommand,
  roomAnswer,
  roomCommand,
  roomsAnswer,
  userAnswer,
  userCommand,
} from '../../src/domain/room-commands.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import {
  anchorOf,
  codeIn,
  documents,
  headings,
  links,
  section,
  tableRows,
  tagged,
} from '../support/markdown.ts';
import { OPTIONS } from './codecs/samples.ts';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

const DOCUMENTS = documents();
const protocol = read('protocol.md');
const readme = read('README.md');
const below = (heading: string) => tableRows(section(protocol, heading));
const plain = (cell = ''): string => codeIn(cell)[0] ?? cell;

describe('protocol.md §8', () => {
  const rows = below('8 Refusals');

  it('has every refusal as the code has it, in its order', () => {
    const written = rows.map(([code, , fatal, closeCode]) => [plain(code), fatal, closeCode]);
    const rules = Object.entries(REFUSALS).map(([code, rule]) => {
      return [code, rule.fatal ? 'yes' : 'no', String(rule.closeCode ?? '')];
    });
    expect(written).toEqual(rules);
  });

  it.each(rows)('%s is said so in compact and in JSON', (cell, _1, _2, _3, inCompact, inJson) => {
    const code = plain(cell);
    if (!isRefusalCode(code)) throw new Error(`${code} is no code`);
    const refused = { type: 'error', refusal: refusal(code) } as const;
    const compact = createCompactCodec(OPTIONS);
    const said = [null, 'login' as const].map((during) =>
      String(compact.encodeReply({ ...refused, during })),
    );
    expect(said.some((frame) => frame.startsWith(plain(inCompact)))).toBe(true);
    const [json] = createJsonCodec(OPTIONS).encodeReply({ ...refused, during: null });
    expect(String(json)).toContain(plain(inJson));
  });

  it('tells whether to reconnect where the connection ends, as the close code does', () => {
    for (const [code, , fatal, closeCode, , , reconnect = ''] of rows) {
      const expected = fatal === 'no' ? /^$/ : Number(closeCode) >= 4500 ? /^no/ : /^yes/;
      expect(reconnect, code).toMatch(expected);
    }
  });
});

describe('protocol.md §7', () => {
  it('has every limit and setting of these parts, with its default', () => {
    const defaults = parse(read('config/default.yaml'));
    const expected = ['limits', 'xml', 'bus', 'log', 'core'].flatMap((part) =>
      Object.entries(defaults[part]).map(([key, value]) => [`${part}.${key}`, String(value)]),
    );
    const written = below('7 Limits').map(([key, value, what]) => {
      expect(what, key).not.toBe('');
      return [plain(key), value];
    });
    expect(written).toEqual(expected);
  });
});

describe('protocol.md §5', () => {
  const TYPES = [...roomEvent.options.map(({ shape }) => shape), whisperEvent.shape];
  const typeOf = (shape: (typeof TYPES)[number]): string => [...shape.type.values][0] ?? '';

  it('has a section and an example of every type of event', () => {
    const types = TYPES.map(typeOf);
    for (const type of types) {
      const examples = tagged(section(protocol, type), 'events').map(({ content }) => content);
      const event: { type: string } = JSON.parse(examples.join(''));
      expect(event.type).toBe(type);
      const schema = type === 'whisper.posted' ? whisperEvent : roomEvent;
      // Nothing in it that the schema does not know, and keys in its order.
      expect(schema.parse(event)).toEqual(event);
    }
    expect(section(protocol, '5.2 ').match(/^#### .*/gm)).toHaveLength(types.length);
  });

  it('names the fields that each type has', () => {
    const rows = below('5.2 Events');
    const [envelope, own] = [rows.slice(0, 9), rows.slice(9)];
    const common = envelope.map(([field]) => plain(field));
    const written = own.map(([type, fields = '']) => [plain(type), codeIn(fields).sort()]);
    const expected = TYPES.filter((shape) => typeOf(shape) !== 'whisper.posted').map((shape) => [
      typeOf(shape),
      Object.keys(shape)
        .filter((field) => !common.includes(field))
        .sort(),
    ]);
    expect(written).toEqual(expected);
  });

  const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
    ...{ botRoomCommand, botUserCommand },
    ...{ roomCommand, roomAnswer, userCommand, userAnswer, loginCommand, loginAnswer, roomsAnswer },
  };

  it.each(tagged(protocol, 'schema'))('an example of $argument', ({ argument, content }) => {
    const example: unknown = JSON.parse(content);
    expect(SCHEMAS[argument]?.parse(example)).toEqual(example);
  });

  it('has an example of every form', () => {
    const shown = new Set(tagged(protocol, 'schema').map(({ argument }) => argument));
    expect([...shown].sort()).toEqual(Object.keys(SCHEMAS).sort());
  });

  it.each([
    ['5.4 Commands on NATS', roomCommand],
    ['5.6 Bots', botRoomCommand],
  ] as const)('has a line for every request on the subject of a room: %s', (heading, schema) => {
    const rows = below(heading).map(([type]) => plain(type));
    const types = schema.options.map(({ shape }) => [...shape.type.values][0]);
    expect(rows.sort()).toEqual(types.sort());
  });

  it('has a hash chain that adds up', () => {
    const [chain] = tagged(protocol, 'hash-chain');
    const lines = chain?.content.split('\n').map((line) => [line.slice(0, 8), line.slice(8)]) ?? [];
    let hash = '';
    let payload = '';
    for (const [label = '', value = ''] of lines) {
      if (label.startsWith('before')) hash = value;
      else if (label.startsWith('payload')) payload = value;
      else {
        const before = Buffer.from(hash, 'hex');
        hash = createHash('sha256').update(before).update(payload).digest('hex');
        expect(value).toBe(hash);
        roomEvent.parse(JSON.parse(payload));
      }
    }
    expect(lines).toHaveLength(5);
  });
});

describe('protocol.md §3 and §4', () => {
  const frames = DIALECTS.filter(({ name }) => name !== 'smartfox1').flatMap((dialect) =>
    below(`3.${['compact', 'verbose', 'palabre'].indexOf(dialect.name) + 1} `)
      .filter(([who]) => who === 'c>s')
      .map(([, cell]) => ({ dialect, frame: plain(cell) })),
  );

  it.each(frames)('$dialect.name reads $frame', ({ dialect, frame }) => {
    const codec = dialect.create(OPTIONS);
    // People are known by name there once they were seen.
    const seen = [{ id: '9', name: 'ann' }];
    const members = { type: 'members', room: OPTIONS.palabreLobby, members: seen } as const;
    codec.encodeReply(members);
    expect(codec.decode(Buffer.from(frame))).toMatchObject({ ok: true });
  });

  const commands = below('4 JSON')
    .map(([cell]) => plain(cell))
    .filter((code) => code[0] === '{');

  it.each(commands)('JSON reads %s', (frame) => {
    expect(createJsonCodec(OPTIONS).decode(Buffer.from(frame))).toMatchObject({ ok: true });
  });

  it('has a line for every command of JSON', () => {
    const moderation = below('4.5 ').map(([cell]) => plain(cell));
    const shown = new Set([...commands.map((code) => JSON.parse(code).type), ...moderation]);
    const types = commandSchema.options.flatMap(({ shape }) => [...shape.type.values]);
    expect([...shown].sort()).toEqual(types.sort());
  });

  it('says what each dialect makes of every event', () => {
    const types = below('3.6 ').map(([type]) => plain(type));
    const all = [
      ...roomEvent.options.map(({ shape }) => [...shape.type.values][0]),
      'whisper.posted',
    ];
    expect(types.slice(0, all.length)).toEqual(all);
  });
});

describe('a conversation in a document', () => {
  const excerpts = DOCUMENTS.flatMap(({ path, text }) =>
    tagged(text, 'golden').map(({ argument, content }) => ({ path, argument, content })),
  );

  it.each(excerpts)('in $path is one that was held: $argument', ({ argument, content }) => {
    expect(`\n${read(`test/golden/${argument}`)}`).toContain(`\n${content}\n`);
  });

  it('is there for every one that is kept', () => {
    const shown = new Set(excerpts.map(({ argument }) => argument));
    expect([...shown].sort()).toEqual(readdirSync(new URL('test/golden', ROOT)).sort());
  });
});

describe('README.md', () => {
  it('names every command, and no other', () => {
    const rows = tableRows(section(readme, 'Commands')).map(([command]) => plain(command));
    expect(rows).toEqual([...COMMANDS.keys()].map((name) => `npx xmlsocket-relay ${name}`));
  });

  it('calls nothing missing that is there', () => {
    const missing = section(readme, 'Status').split('Not yet:')[1] ?? '';
    expect(codeIn(missing).filter((name) => COMMANDS.has(name))).toEqual([]);
  });

  it('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...readme.matchAll(/`npm (?:run )?([a-z]+)`/g)].map((match) => match[1]);
    expect(named.filter((name) => !Object.hasOwn(scripts, String(name)))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  it('has every metric, in its order', () => {
    const rows = tableRows(section(read('docs/operations.md'), 'Health and metrics'));
    const written = rows.map(([name]) => plain(name)).filter((name) => !name.startsWith('/'));
    const { registry } = createMetrics();
    expect(written).toEqual(registry.getMetricsAsArray().map(({ name }) => name));
  });
});

describe.each(DOCUMENTS)('$path', ({ path, text }) => {
  it('has links that lead somewhere', () => {
    const broken = links(text).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const linked = file === '' ? path : posix.join(posix.dirname(path), file);
      if (!existsSync(new URL(linked, ROOT))) return true;
      return anchor !== undefined && !headings(read(linked)).map(anchorOf).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only variables, metrics and sections that there are', () => {
    const variables = new Set(configKeys().map(variableOf));
    const metrics = createMetrics().registry.getMetricsAsArray();
    const known = new Set([...variables, ...metrics.map(({ name }) => name)]);
    const named = text.match(/\bRELAY_[A-Z0-9_]+\b(?!_)|`(?:relay|core|bus)_[a-z_]+`/g) ?? [];
    const unknown = named
      .map((name) => name.replaceAll('`', ''))
      .filter((name) => !known.has(name));
    expect(unknown).toEqual([]);
    const sections = sectionNumbers();
    const cited = [...text.matchAll(/§(\d+(?:\.\d+)*)/g)].map((match) => match[1] ?? '');
    expect(cited.filter((number) => !sections.has(number))).toEqual([]);
  });

  it('knows nothing of the machine that it was written on', () => {
    expect(text.match(/(?<![\w.])\/(?:home|root|Users|work|tmp)\//g) ?? []).toEqual([]);
  });
});

describe('asyncapi.yaml and schemas', () => {
  it('are what `npm run contract` makes now', () => {
    const made = contractDocuments();
    for (const [path, content] of made) expect(read(path), path).toBe(content);
    const files = readdirSync(new URL('schemas', ROOT)).map((name) => `schemas/${name}`);
    expect(['asyncapi.yaml', ...files].sort()).toEqual([...made.keys()].sort());
  });
});

describe('the code', () => {
  it('cites sections of protocol.md that there are', () => {
    const sections = sectionNumbers();
    const files = readdirSync(new URL('src', ROOT), { recursive: true, encoding: 'utf8' });
    const broken = files
      .filter((file) => file.endsWith('.ts'))
      .flatMap((file) => {
        const cited = read(`src/${file}`).matchAll(/protocol\.md §(\d+(?:\.\d+)*)/g);
        return [...cited].map((match) => `${file} §${match[1]}`);
      })
      .filter((citation) => !sections.has(citation.split('§')[1] ?? ''));
    expect(broken).toEqual([]);
  });
});

function sectionNumbers(): ReadonlySet<string> {
  return new Set(headings(protocol).flatMap((heading) => /^[\d.]*\d/.exec(heading)?.[0] ?? []));
}
