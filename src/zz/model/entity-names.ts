/** Names of hosts and users as records write them, and which of them are the same. Pure. */

export interface Names {
  /** The name in lower case, unchanged otherwise. */
  readonly full: string;
  /**
   * What a shorter form of the same name would be: `workstation5` for `workstation5.theshire.local`,
   * `theshire\ana` for `ana@theshire.local`. Equal to `full` where there is none shorter.
   */
  readonly short: string;
}

const ipv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

export function looksLikeIp(name: string): boolean {
  return ipv4.test(name) || (name.includes(':') && /^[0-9a-f:.]+$/i.test(name));
}

/** A trailing dot (the root of DNS) is left off; an address has no short form. */
export function hostNames(name: string): Names {
  const full = name.trim().toLowerCase().replace(/\.$/, '');
  const dot = full.indexOf('.');
  return { full, short: dot <= 0 || looksLikeIp(full) ? full : full.slice(0, dot) };
}

/** `DOMAIN\name`, `name@domain.example` and bare names; a bare name stays what it is, since it may be local to any machine. */
export function userNames(name: string): Names {
  const full = name.trim().toLowerCase();
  const upn = /^([^@\\/]+)@([^@\\/]+)$/.exec(full);
  if (upn?.[1] !== undefined && upn[2] !== undefined) {
    return { full, short: `${firstLabel(upn[2])}\\${upn[1]}` };
  }
  const slash = /^([^\\]+\.[^\\]+)\\([^\\]+)$/.exec(full);
  if (slash?.[1] !== undefined && slash[2] !== undefined) return userNames(`${slash[2]}@${slash[1]}`);
  return { full, short: full };
}

function firstLabel(domain: string): string {
  const dot = domain.indexOf('.');
  return dot <= 0 ? domain : domain.slice(0, dot);
}
