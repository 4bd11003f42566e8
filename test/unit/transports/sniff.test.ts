import { describe, expect, it } from 'vitest';
import { type Face, faceOf } from '../../../src/transports/sniff.ts';

describe('what a connection speaks', () => {
  it.each<[bytes: string, face: Face]>([
    ['<policy-file-request/>\0', 'policy'],
    ['<cross-domain-request />\0', 'policy'],
    ['GET /ws HTTP/1.1\r\n', 'http'],
    ['HEAD / HTTP/1.1\r\n', 'http'],
    ['POST / HTTP/1.1\r\n', 'http'],
    ['OPTIONS * HTTP/1.1\r\n', 'http'],
    ['CONNECT a:1 HTTP/1.1\r\n', 'http'],
    ['<login u="enobrev" p="mypassword" />\0', 'xml'],
    ['<policy />\0', 'xml'],
    ['\0', 'xml'],
    ['\n<login', 'xml'],
    ['\ufeff<login', 'xml'],
    ['get / HTTP/1.1', 'xml'],
    ['GETS', 'xml'],
    ['\u0016\u0003\u0001', 'xml'],
  ])('%j', (text, face) => {
    const bytes = Buffer.from(text);
    expect(faceOf(bytes)).toBe(face);
    // Told from fewer bytes, it is told to be the same.
    for (let length = 1; length < bytes.length; length += 1) {
      expect([null, face]).toContain(faceOf(bytes.subarray(0, length)));
    }
  });

  it.each(['<', '<policy-file-request', '<cross-domain-request/>', 'G', 'GET', 'OPTIONS'])(
    'cannot be told from %j',
    (text) => {
      expect(faceOf(Buffer.from(text))).toBeNull();
    },
  );
});
