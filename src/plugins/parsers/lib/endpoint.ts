/** Addresses as records write them, as OCSF endpoints. */
import type { OcsfObjects } from '../../../model/ocsf.ts';
import { isAddress } from './address.ts';
import { known } from './fields.ts';

type Endpoint = OcsfObjects['network_endpoint'];

/**
 * The endpoint of an address, a host name, or either with a port (`192.0.2.1:443`, `[2001:db8::1]:443`);
 * undefined for nothing and for the `-` of log files.
 */
export function endpoint(address: string | undefined, port?: number): Endpoint | undefined {
  if (address === undefined || address === '' || address === '-') return known({ port });
  const { host, port: own } = withoutPort(address);
  return known({ ...(isAddress(host) ? { ip: host } : { hostname: host }), port: port ?? own });
}

function withoutPort(address: string): { readonly host: string; readonly port: number | undefined } {
  const match = /^(?:\[([0-9A-Fa-f:.%]{2,60})\]|([^:\s]{1,255})):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined) return { host: address.replace(/^\[(.{2,60})\]$/, '$1'), port: undefined };
  const port = Number(match?.[3]);
  return { host, port: port <= 65_535 ? port : undefined };
}
