/** Who and what appears in the demo. Addresses are of the documentation ranges (RFC 5737), names of RFC 2606. */

export interface Person {
  readonly user: string;
  readonly sid: string;
  readonly host: string;
  readonly ip: string;
}

const sid = (rid: number): string => `S-1-5-21-1000-2000-3000-${rid}`;

export const people = [
  { user: 'a.novak', sid: sid(1107), host: 'WS-FIN-07', ip: '192.0.2.47' },
  { user: 'l.fischer', sid: sid(1112), host: 'WS-FIN-03', ip: '192.0.2.83' },
  { user: 'm.osei', sid: sid(1121), host: 'WS-HR-12', ip: '192.0.2.61' },
  { user: 'j.brandt', sid: sid(1145), host: 'WS-ENG-31', ip: '192.0.2.68' },
  { user: 'k.lindqvist', sid: sid(1150), host: 'WS-ENG-08', ip: '192.0.2.72' },
] as const satisfies readonly Person[];

/** The one who opens the attachment. */
export const [victim] = people;

export const domain = 'CORP';
export const dnsSuffix = 'corp.example';
export const fileServer = { host: 'FS-FIN-01', ip: '192.0.2.20' } as const;
export const domainController = { host: 'DC-01', ip: '192.0.2.10' } as const;
export const awsAccount = '111122223333';

/** Where the intruder comes from and sends to. */
export const intruder = {
  ip: '203.0.113.66',
  stage: 'cdn-sync.example',
  storage: 'drop.storage-sync.example',
} as const;
