import { isIP } from 'node:net';
import { type AddressList, plainAddress } from './addresses.ts';

/**
 * The address of the client behind proxies: `X-Forwarded-For` read from the right, as far as those who
 * wrote it are trusted. What a client wrote into it itself stands further left and is not believed.
 */
export function clientAddress(
  socketAddress: string,
  forwardedFor: string | readonly string[] | undefined,
  trusted: AddressList,
): string {
  const header = typeof forwardedFor === 'string' ? forwardedFor : (forwardedFor ?? []).join(',');
  const hops = header.split(',').map((hop) => addressIn(hop.trim()));
  let client = plainAddress(socketAddress);
  while (trusted.has(client)) {
    const before = hops.pop();
    if (before === undefined || before === null) break;
    client = before;
  }
  return client;
}

// Some proxies write the port as well: `192.0.2.7:1234`, `[2001:db8::1]:1234`.
function addressIn(hop: string): string | null {
  const bare = /^\[([^\]]*)\](?::\d+)?$/.exec(hop)?.[1] ?? /^([\d.]+):\d+$/.exec(hop)?.[1] ?? hop;
  const address = plainAddress(bare);
  return isIP(address) === 0 ? null : address;
}
