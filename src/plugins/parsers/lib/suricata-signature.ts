/** The finding of a matched signature, from whichever of Suricata's logs. */
import type { Finding } from '../../../model/finding.ts';
import type { Severity } from '../../../model/severity.ts';
import { attackTags } from './finding-view.ts';

export interface Signature {
  readonly gid: number;
  readonly sid: number;
  readonly title: string;
  readonly category: string;
  /** 1 (most severe) to 4, from the signature's class. */
  readonly priority: number;
  /** The author's own rating (`signature_severity`); empty when there is none. */
  readonly rating: string;
  readonly techniques: readonly string[];
  readonly src: string;
  readonly dst: string;
}

const ratings: Readonly<Record<string, Severity>> = {
  critical: 'critical',
  major: 'high',
  minor: 'medium',
  informational: 'informational',
};
const priorities: Readonly<Record<number, Severity>> = { 1: 'high', 2: 'medium', 3: 'low' };

/** Signatures about broken packets and streams, which every network has. */
function isEngineNotice({ sid }: Signature): boolean {
  return sid >= 2_200_000 && sid < 2_300_000;
}

/** The same signature between the same two addresses is one finding: each further match is an update of it. */
export function signatureFinding(signature: Signature): Finding {
  const { gid, sid, title, category, priority, rating, src, dst } = signature;
  const rated = ratings[rating.toLowerCase()] ?? priorities[priority] ?? 'informational';
  return {
    uid: `${gid}:${sid}:${src}:${dst}`,
    product: 'Suricata',
    title,
    description: category,
    severity: isEngineNotice(signature) ? 'informational' : rated,
    status: 'open',
    link: null,
    tags: attackTags(signature.techniques.map((one) => one.replace('_', '.'))),
  };
}
