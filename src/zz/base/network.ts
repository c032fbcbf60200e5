/** Addresses and ranges of IPv4 and IPv6. */
import ipaddr from 'ipaddr.js';

/** A test for membership in an address or range (`10.0.0.0/8`, `fe80::/10`, `192.0.2.7`); null where `range` is neither. */
export function rangeTest(range: string): ((address: string) => boolean) | null {
  const whole = range.includes('/') ? range : `${range}/${range.includes(':') ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(whole)) return null;
  const [base, length] = ipaddr.parseCIDR(whole);
  return (text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = ipaddr.process(text);
    return address.kind() === base.kind() && address.match([base, length] as [ipaddr.IPv4, number]);
  };
}

/** The one way to write an address: IPv6 shortened, IPv4-mapped IPv6 as IPv4; null for what is none. */
export function canonicalAddress(text: string): string | null {
  if (!ipaddr.isValid(text) || (!text.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(text)))
    return null;
  return ipaddr.process(text).toString();
}
