import { describe, expect, it } from 'vitest';
import { DIALECTS, dialectOf } from '../../../src/codecs/registry.ts';
import { Junk, XML_SAMPLES, XML_TOKENS } from '../../support/junk.ts';
import { seededRandom } from '../../support/random.ts';

const VERCHK = "<msg t='sys'><body action='verChk' r='0'><ver v='158' /></body></msg>";

describe('the dialect of a first frame', () => {
  it.each([
    ['compact', '<login u="enobrev" p="mypassword" />'],
    ['compact', '<room id="1" uid="6">'],
    ['compact', '<msg from_id="6" room_id="1">Hello everyone</msg>'],
    ['verbose', '<login username="enobrev" password="mypassword" />'],
    ['verbose', "<login password='x' username='jos%E9'/>"],
    ['verbose', '<login\n  password = "a"\n  username = "b" />'],
    ['verbose', '<?xml version="1.0"?><login username="a" password="b" />'],
    ['verbose', '\ufeff\r\n<login username="a" password="b">'],
    ['palabre', '<connect nickname="Anonyme_886" />'],
    ['palabre', '<connect nickname="toto" password="str0ngp4ss" />'],
    ['palabre', '<connect password="nickname=" nickname="toto">'],
    ['smartfox1', VERCHK],
    ['smartfox1', VERCHK.replaceAll("'", '"')],
    ['smartfox1', VERCHK.replace("t='", "t = '")],
    ['smartfox1', "<msg t='sys'><body action='rndK' r='-1'></body></msg>"],
  ])('%s: %s', (dialect, frame) => {
    expect(dialectOf('auto', Buffer.from(frame)).name).toBe(dialect);
  });

  it.each([
    ['the password looks like an attribute', '<login u="a" p=" username=" />'],
    ['the text looks like a first frame', '<msg room_id="1"><msg t=\'sys\'></msg>'],
    ['an attribute only ends so', '<login myusername="a" />'],
    ['an element only begins so', '<loginx username="a" />'],
    ['there is something before it', 'x<login username="a" password="b" />'],
    ['Palabre has no other element first', '<join room="Lobby" nickname="a" />'],
    ['t is another', "<msg t='xt'><body action='xtReq' r='1'></body></msg>"],
  ])('it stays compact where %s', (_why, frame) => {
    expect(dialectOf('auto', Buffer.from(frame)).name).toBe('compact');
  });

  it('is compact before there is any', () => {
    expect(dialectOf('auto', null).name).toBe('compact');
  });

  it('is never a throw, and compact is what is left', () => {
    const junk = new Junk(seededRandom(1), XML_SAMPLES, XML_TOKENS);
    for (let frames = 0; frames < 5000; frames += 1) {
      expect(dialectOf('auto', junk.frame()).name).toBe('compact');
    }
  });

  it.each(DIALECTS)('$name wins where the configuration names it', ({ name }) => {
    expect(dialectOf(name, null).name).toBe(name);
    for (const frame of [VERCHK, '<connect nickname="a"/>', '<login u="a" p="b"/>', 'junk']) {
      expect(dialectOf(name, Buffer.from(frame)).name).toBe(name);
    }
  });
});

const MEBIBYTE = 1_048_576;
const fill = (start: string, piece: string): string =>
  start + piece.repeat(Math.floor(MEBIBYTE / piece.length));

describe('a first frame of one mebibyte costs no more than its length', () => {
  it.each([
    ['blanks', fill('', ' ')],
    ['line ends', fill('', '\r\n')],
    ['byte order marks', fill('', '\ufeff')],
    ['a tag of blanks', fill('<login', ' ')],
    ['one long name', fill('<login ', 'a')],
    ['names', fill('<login ', 'a ')],
    ['names that begin as the wanted one', fill('<login ', 'username ')],
    ['a wanted name and blanks', fill('<connect nickname', ' ')],
    ['attributes', fill('<login', ' a=""')],
    ['attributes with blanks around =', fill('<msg', '  t  =  "x"')],
    ['attributes that do not end', fill('<msg', ' t="')],
    ['quotes', fill('<msg t=', `"'`)],
    ['declarations', fill('', '<?xml')],
    ['a declaration that does not end', fill('<?xml', ' ')],
    ['less-than signs', fill('', '<')],
    ['bytes that are no UTF-8', fill('<login ', '\ud800')],
  ])('%s', (_name, frame) => {
    const bytes = Buffer.from(frame);
    const startedMs = performance.now();
    expect(dialectOf('auto', bytes).name).toBe('compact');
    // A quadratic step takes minutes here, a linear one well under a second.
    expect(performance.now() - startedMs).toBeLessThan(4000);
  });
});
