/** Frames that no friendly client sends: random bytes, broken valid frames, and soups of tokens. */
export class Junk {
  readonly #random: () => number;
  readonly #samples: readonly string[];
  readonly #tokens: readonly string[];

  constructor(random: () => number, samples: readonly string[], tokens: readonly string[]) {
    this.#random = random;
    this.#samples = samples;
    this.#tokens = tokens;
  }

  frame(): Buffer {
    const kind = this.#random();
    if (kind < 0.2) return this.#bytes(this.#below(64));
    if (kind < 0.6) return this.#mutated();
    return this.#soup();
  }

  #bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.#below(256)));
  }

  #mutated(): Buffer {
    const frame = Buffer.from(this.#pick(this.#samples));
    for (let changes = this.#below(4) + 1; changes > 0; changes -= 1) {
      frame[this.#below(frame.length)] = this.#below(256);
    }
    return this.#random() < 0.3 ? frame.subarray(0, this.#below(frame.length)) : frame;
  }

  #soup(): Buffer {
    const length = this.#below(12) + 1;
    return Buffer.from(Array.from({ length }, () => this.#pick(this.#tokens)).join(''));
  }

  #pick(list: readonly string[]): string {
    return list[this.#below(list.length)] ?? '';
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }
}

export const XML_SAMPLES = [
  '<login u="enobrev" p="mypassword" />',
  '<room id="1" uid="6">',
  '<msg from_id="6" room_id="1">Hello everyone</msg>',
  '<msg to_id="9">psst &amp; &#65; <![CDATA[x]]></msg>',
  '<history room_id="1" limit="20" before="3" />',
  '<users room_id="1"/>',
  '<rooms/>',
  '<ping />',
];

export const XML_TOKENS = [
  ...[
    '<',
    '>',
    '/>',
    '</',
    '<msg',
    '<room',
    '<login',
    ' id="1"',
    " u='a'",
    '"',
    "'",
    '=',
    '&',
    '&lt;',
  ],
  ...[
    '&#0;',
    '&#x41;',
    '&foo;',
    ']]>',
    '<![CDATA[',
    '<!--',
    '-->',
    '<?xml version="1.0"?>',
    '<!DOCTYPE a>',
  ],
  ...[
    '<constructor/>',
    '<__proto__/>',
    '<valueOf/>',
    ' __proto__="1"',
    '\ufeff',
    '\u0001',
    '😀',
    ' ',
    '\n',
    'x',
  ],
];

export const JSON_SAMPLES = [
  '{"type":"login","user":"enobrev","password":"mypassword","ref":1}',
  '{"type":"join","room":"1","after":41}',
  '{"type":"say","room":"1","text":"Hello","id":"a1"}',
  '{"type":"say","rooms":["1","2"],"text":"Hello"}',
  '{"type":"whisper","to":"9","text":"psst"}',
  '{"type":"history","room":"1","before":58,"limit":50}',
  '{"type":"mute","room":"1","user":"9","seconds":5}',
  '{"type":"ping"}',
];

export const JSON_TOKENS = [
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ',',
    '"',
    '\\',
    '"type"',
    '"say"',
    '"join"',
    '"room"',
    '"ref"',
    '"1"',
  ],
  ...[
    'null',
    'true',
    '1e999',
    '-0',
    '1',
    '"__proto__"',
    '"constructor"',
    '"toString"',
    '\\u0000',
    '\\ud800',
  ],
  ...['{"type":', '"login"', '{"__proto__":{"type":"ping"}}', ' ', '\n', '😀'],
];
