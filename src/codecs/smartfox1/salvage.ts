import type { Element } from '../xml/element.ts';

/**
 * The two frames that the clients of this vocabulary write ill-formed, because they escape neither
 * names nor passwords: a login with `]]>` in it, and a join whose password has an apostrophe. Null for
 * every other frame. What is cut out is a name or a password, and never looked at as markup.
 */
export function salvage(frame: string): Element | null {
  return salvageLogin(frame) ?? salvageJoin(frame);
}

function salvageLogin(frame: string): Element | null {
  const start = LOGIN_START.exec(frame);
  if (start === null || !LOGIN_END.test(frame)) return null;
  const end = frame.lastIndexOf(']]></pword>');
  const middle = frame.indexOf(MIDDLE, start[0].length);
  if (middle === -1 || middle + MIDDLE.length > end) return null;
  const nick = leaf('nick', frame.slice(start[0].length, middle));
  const pword = leaf('pword', frame.slice(middle + MIDDLE.length, end));
  const login = { ...leaf('login', ''), children: [nick, pword] };
  return inBody('login', login);
}

function salvageJoin(frame: string): Element | null {
  const match = JOIN.exec(frame);
  if (match === null) return null;
  const [, room = '', leave = '0'] = match;
  return inBody('joinRoom', {
    ...leaf('room', ''),
    attributes: new Map([
      ['id', room],
      ['leave', leave],
    ]),
  });
}

function inBody(action: string, content: Element): Element {
  const attributes = new Map([
    ['action', action],
    ['r', '-1'],
  ]);
  const body = { ...leaf('body', ''), attributes, children: [content] };
  return { ...leaf('msg', ''), attributes: new Map([['t', 'sys']]), children: [body] };
}

function leaf(name: string, text: string): Element {
  return { name, attributes: new Map(), children: [], text };
}

const QUOTE = '["\']';
const LOGIN_START = new RegExp(
  `^<msg t=${QUOTE}sys${QUOTE}><body action=${QUOTE}login${QUOTE} r=${QUOTE}-?\\d{1,10}${QUOTE}><login z=${QUOTE}[^<>"']{0,64}${QUOTE}><nick><!\\[CDATA\\[`,
);
const MIDDLE = ']]></nick><pword><![CDATA[';
const LOGIN_END = /\]\]><\/pword><\/login><\/body><\/msg>$/;
const JOIN = new RegExp(
  `^<msg t=${QUOTE}sys${QUOTE}><body action=${QUOTE}joinRoom${QUOTE} r=${QUOTE}-?\\d{1,10}${QUOTE}><room id=${QUOTE}(\\d{1,10})${QUOTE} pwd=${QUOTE}[^<>]{0,256}${QUOTE} spec=${QUOTE}[01]${QUOTE} leave=${QUOTE}([01])${QUOTE} old=${QUOTE}-?\\d{1,10}${QUOTE} ?/></body></msg>$`,
);
