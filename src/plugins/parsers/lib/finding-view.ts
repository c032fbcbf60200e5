/** Alerts of other products: the finding, and its view as OCSF's Detection Finding (class 2004). */
import type { Instant } from '../../../base/clock.ts';
import type { Finding } from '../../../model/finding.ts';
import type { OcsfEvent, OcsfObjects } from '../../../model/ocsf.ts';
import { type OcsfAttributes, ocsfView, severity } from './ocsf-view.ts';
import { readTimestamp } from './timestamp.ts';

/** The link as it is when it is one that may be shown: https, without a user in it; else null. */
export function httpsLink(link: string | undefined): string | null {
  if (link === undefined || !URL.canParse(link)) return null;
  const url = new URL(link);
  return url.protocol === 'https:' && url.username === '' && url.password === '' ? link : null;
}

/** ATT&CK ids (`T1003.001`, `TA0006`) as Sigma-style tags; anything else is left out. */
export function attackTags(ids: readonly string[]): readonly string[] {
  const known = ids
    .map((id) => id.trim().toLowerCase())
    .filter((id) => /^(?:t\d{4}(?:\.\d{3})?|ta\d{4})$/.test(id));
  return [...new Set(known)].map((id) => `attack.${id}`);
}

export function instant(value: unknown): Instant | null {
  return readTimestamp(value)?.at ?? null;
}

export interface FindingFacts {
  readonly time: Instant | null;
  readonly product: OcsfObjects['product'];
  readonly originalTime?: string | undefined;
  readonly firstSeen?: Instant | null;
  readonly lastSeen?: Instant | null;
  readonly types?: readonly string[];
  /** The vendor's rule or signature. */
  readonly analytic?: OcsfObjects['analytic'];
  readonly evidences?: readonly OcsfObjects['evidences'][];
  readonly rest?: OcsfAttributes<'detection_finding'>;
}

/** OCSF's `status_id` of a finding: 1 new, 3 suppressed, 4 resolved, 0 unknown. */
const statusIds = { open: 1, resolved: 4, suppressed: 3, unknown: 0 } as const;
const severityIds = {
  informational: severity.informational,
  low: severity.low,
  medium: severity.medium,
  high: severity.high,
  critical: severity.critical,
} as const;

export function findingView(finding: Finding, facts: FindingFacts): OcsfEvent {
  const techniques = finding.tags
    .filter((tag) => /^attack\.t\d/.test(tag))
    .map((tag) => tag.slice(7).toUpperCase());
  const base = {
    time: facts.time,
    severity_id: severityIds[finding.severity],
    metadata: { product: facts.product, uid: finding.uid, original_time: facts.originalTime },
  };
  return ocsfView('detection_finding', finding.status === 'resolved' ? 3 : 1, base, {
    ...facts.rest,
    message: finding.title,
    status_id: statusIds[finding.status],
    is_alert: true,
    finding_info: {
      uid: finding.uid,
      title: finding.title,
      desc: finding.description === '' ? undefined : finding.description,
      src_url: finding.link ?? undefined,
      types: facts.types,
      analytic: facts.analytic,
      first_seen_time: facts.firstSeen ?? undefined,
      last_seen_time: facts.lastSeen ?? undefined,
      attacks: techniques.length === 0 ? undefined : techniques.map((uid) => ({ technique: { uid } })),
    },
    evidences: facts.evidences === undefined || facts.evidences.length === 0 ? undefined : facts.evidences,
  });
}
