/** Is a text an IP address? Written out, since parsers use nothing but their record (no `node:net`). */

const octet = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const ipv4 = new RegExp(`^${octet}(?:\\.${octet}){3}$`);
const group = /^[0-9A-Fa-f]{1,4}$/;

export function isIpv4(text: string): boolean {
  return text.length <= 15 && ipv4.test(text);
}

/** RFC 4291, section 2.2, with or without a zone (`%eth0`). */
function isIpv6(text: string): boolean {
  const cut = text.indexOf('%');
  const address = cut === -1 ? text : text.slice(0, cut);
  if (address.length > 45 || !address.includes(':')) return false;
  if (cut !== -1 && !/^[-0-9A-Za-z.:]{1,64}$/.test(text.slice(cut + 1))) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1);
  const embedded = last !== undefined && isIpv4(last) && !address.endsWith(':');
  const hex = embedded ? groups.slice(0, -1) : groups;
  const count = hex.length + (embedded ? 2 : 0);
  return hex.every((one) => group.test(one)) && (halves.length === 2 ? count <= 7 : count === 8);
}

export function isAddress(text: string): boolean {
  return isIpv4(text) || isIpv6(text);
}

/** The text when it is an address. */
export function ipOf(text: string | undefined): string | undefined {
  return text !== undefined && isAddress(text) ? text : undefined;
}
