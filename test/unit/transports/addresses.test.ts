import { describe, expect, it } from 'vitest';
import { AddressList, networkOf, plainAddress } from '../../../src/transports/addresses.ts';
import { clientAddress } from '../../../src/transports/forwarded.ts';

describe('an address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['::1', '::1'],
    ['', ''],
  ])('%s is %s', (address, plain) => {
    expect(plainAddress(address)).toBe(plain);
  });

  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::7', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['nonsense', 'nonsense'],
  ])('%s counts as %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});

describe('a list of addresses', () => {
  const list = new AddressList(['192.0.2.7', '10.0.0.0/8', '2001:db8::/32', '::1']);

  it.each<[address: string, is: boolean]>([
    ['192.0.2.7', true],
    ['::ffff:192.0.2.7', true],
    ['192.0.2.8', false],
    ['10.255.0.1', true],
    ['11.0.0.1', false],
    ['2001:db8:ffff::1', true],
    ['2001:db9::1', false],
    ['::1', true],
    ['', false],
    ['nonsense', false],
  ])('has %s: %s', (address, is) => {
    expect(list.has(address)).toBe(is);
  });
});

describe('the client behind proxies', () => {
  const trusted = new AddressList(['127.0.0.1', '10.0.0.0/8']);

  it.each<[why: string, socket: string, header: string | string[] | undefined, client: string]>([
    ['nobody is in between', '192.0.2.7', undefined, '192.0.2.7'],
    ['one who is not trusted says so', '192.0.2.7', '198.51.100.1', '192.0.2.7'],
    ['one who is trusted says so', '127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['the socket is of IPv6', '::ffff:127.0.0.1', '198.51.100.1', '198.51.100.1'],
    ['two are trusted', '127.0.0.1', '198.51.100.1, 10.1.2.3', '198.51.100.1'],
    ['the client lied', '127.0.0.1', '203.0.113.9, 198.51.100.1', '198.51.100.1'],
    ['the client lied that it is a proxy', '127.0.0.1', '10.9.9.9, 198.51.100.1', '198.51.100.1'],
    ['all of them are trusted', '127.0.0.1', '10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['the proxy says nothing', '127.0.0.1', undefined, '127.0.0.1'],
    ['the proxy says nothing of use', '127.0.0.1', 'unknown', '127.0.0.1'],
    ['nonsense stands before', '127.0.0.1', '203.0.113.9, unknown, 10.0.0.2', '10.0.0.2'],
    ['there is a port', '127.0.0.1', '198.51.100.1:4711', '198.51.100.1'],
    ['there are brackets and a port', '127.0.0.1', '[2001:db8::1]:4711', '2001:db8::1'],
    ['it is of IPv6', '127.0.0.1', '2001:db8::1', '2001:db8::1'],
    ['the header came twice', '127.0.0.1', ['203.0.113.9', '198.51.100.1'], '198.51.100.1'],
  ])('when %s', (_why, socket, header, client) => {
    expect(clientAddress(socket, header, trusted)).toBe(client);
  });
});
