import { describe, expect, it } from 'vitest';
import { escapeXml, readXmlFrame } from '../../../src/torture/xml-frames.ts';

describe('a frame of the relay', () => {
  it.each([
    ['<login ok="1" id="6" />', { name: 'login', attributes: { ok: '1', id: '6' }, text: '' }],
    ['<pong />', { name: 'pong', attributes: {}, text: '' }],
    ['<pong/>', { name: 'pong', attributes: {}, text: '' }],
    [
      '<msg from_id="6">a &lt;b&gt; &amp;amp; &#13;\n&quot;</msg>',
      { name: 'msg', attributes: { from_id: '6' }, text: 'a <b> &amp; \r\n"' },
    ],
    ['<msg from_id="6"></msg>', { name: 'msg', attributes: { from_id: '6' }, text: '' }],
    ['', null],
    ['hello', null],
    ['<msg>', null],
  ])('%s', (frame, read) => {
    expect(readXmlFrame(frame)).toEqual(read);
  });

  it('has the text that was sent', () => {
    const text = 'a < b && "c" > \'d\' &lt; ]]>';
    expect(readXmlFrame(`<msg>${escapeXml(text)}</msg>`)?.text).toBe(text);
  });
});
