/** A policy request is the whole first frame of a connection (protocol.md §3.5). */
export type PolicyMatch = 'yes' | 'no' | 'maybe';

/** Whether the bytes that a connection begins with are a policy request; `maybe`: too few to tell. */
export function matchPolicyRequest(bytes: Buffer): PolicyMatch {
  const end = bytes.indexOf(0);
  const text = bytes.toString('latin1', 0, Math.min(end === -1 ? bytes.length : end, LONGEST + 1));
  if (end !== -1) return REQUEST.test(text) ? 'yes' : 'no';
  return text.length <= LONGEST && BEGINNING.test(text) ? 'maybe' : 'no';
}

/**
 * The policy file, with its NUL: each domain may connect to each of the ports, and nobody else to
 * anything. Domains and ports are from the configuration, which has checked them.
 */
export function policyFile(
  domains: readonly string[],
  ports: readonly number[],
  /** Forbid policies of other ports of this host: only a master policy may say so. */
  masterOnly = false,
): Buffer {
  const access = domains.map(
    (domain) => `<allow-access-from domain="${domain}" to-ports="${ports.join(',')}" />`,
  );
  const control = masterOnly
    ? '<site-control permitted-cross-domain-policies="master-only" />'
    : '';
  const policy = `<cross-domain-policy>${control}${access.join('')}</cross-domain-policy>\0`;
  return Buffer.from(policy, 'latin1');
}

const NAMES = ['policy-file-request', 'cross-domain-request'];
const REQUEST = new RegExp(`^<(?:${NAMES.join('|')})[ \\t\\r\\n]*/>$`);
// Every beginning of a request: each character after the first may still be missing.
const BEGINNING = new RegExp(
  `^<(?:${NAMES.map((name) => [...name].reduceRight((rest, char) => `${char}(?:${rest})?`, '[ \\t\\r\\n]*(?:/(?:>)?)?')).join('|')})?$`,
);
const LONGEST = 64;
