import { describe, expect, it } from 'vitest';
import {
  matchPolicyRequest,
  type PolicyMatch,
  policyFile,
} from '../../../src/transports/policy-file.ts';
import { loadVectors } from '../codecs/vectors.ts';

interface RequestVector {
  readonly bytes: string;
  readonly match: PolicyMatch;
}

interface FileVector {
  readonly domains: readonly string[];
  readonly ports: readonly number[];
  readonly bytes: string;
  readonly masterOnly?: boolean;
}

const requests = loadVectors<RequestVector>('xmlsocket/policy-requests.json');

describe('a policy request', () => {
  it.each(requests)('$name', ({ bytes, match }) => {
    expect(matchPolicyRequest(Buffer.from(bytes))).toBe(match);
  });

  it.each(requests.filter(({ match }) => match === 'yes'))(
    '$name: at every beginning of it one cannot tell',
    ({ bytes }) => {
      for (let length = 1; length <= bytes.indexOf('\0'); length += 1) {
        expect(matchPolicyRequest(Buffer.from(bytes.slice(0, length)))).toBe('maybe');
      }
    },
  );
});

describe('a policy file', () => {
  it.each(loadVectors<FileVector>('xmlsocket/policy-files.json'))(
    '$name',
    ({ domains, ports, masterOnly, bytes }) => {
      expect(policyFile(domains, ports, masterOnly).toString()).toBe(bytes);
    },
  );
});
