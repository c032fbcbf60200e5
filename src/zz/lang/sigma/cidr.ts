/** The `cidr` modifier: networks of IPv4 and IPv6, compared as bytes. */
import ipaddr from 'ipaddr.js';
import { RuleFault } from './fault.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * A test for membership in `network` (`10.0.0.0/8`, `fe80::/10`; without a length, that one address).
 * Host bits in the network are ignored. An IPv4-mapped IPv6 address counts as the IPv4 address.
 */
export function cidrTest(network: string, line: number): (text: string) => boolean {
  const slash = network.indexOf('/');
  const base = readAddress(slash === -1 ? network : network.slice(0, slash));
  const lengthText = slash === -1 ? null : network.slice(slash + 1);
  const bits = base?.kind() === 'ipv4' ? 32 : 128;
  const length = lengthText === null ? bits : /^\d{1,3}$/.test(lengthText) ? Number(lengthText) : -1;
  if (base === null || length < 0 || length > bits) {
    throw new RuleFault(line, `cidr needs a network such as 10.0.0.0/8 or fe80::/10, not ${network}`);
  }
  return (text) => {
    const address = readAddress(text);
    return address !== null && address.kind() === base.kind() && sharesPrefix(address, base, length);
  };
}

function sharesPrefix(a: Address, b: Address, length: number): boolean {
  const left = a.toByteArray();
  const right = b.toByteArray();
  return left.every((byte, index) => {
    const bits = Math.min(8, Math.max(0, length - index * 8));
    const mask = (0xff << (8 - bits)) & 0xff;
    return (byte & mask) === ((right[index] ?? 0) & mask);
  });
}

let lastRead: { readonly text: string; readonly address: Address | null } = { text: '', address: null };

/** Lists of networks ask for the same address one after the other. */
function readAddress(text: string): Address | null {
  if (lastRead.text !== text) lastRead = { text, address: parseAddress(text) };
  return lastRead.address;
}

/** Null for what is not an address. Shorthand such as `10.1` or `0x7f.1` is not one: only programs write that. */
function parseAddress(text: string): Address | null {
  // The library takes its time to refuse what is none, and events are full of names.
  if (!/^[0-9a-fA-FxX:.]+(?:%|$)/.test(text)) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const withoutZone = text.replace(/%.*$/s, '');
  if (!ipaddr.IPv6.isValid(withoutZone)) return null;
  const address = ipaddr.IPv6.parse(withoutZone);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}
