/** ATT&CK tags of Sigma rules (`attack.t1003.001`, `attack.credential-access`) as an analyst reads them. */

export interface AttackTags {
  /** `T1003.001`, in the rule's order. */
  readonly techniques: readonly string[];
  /** `Credential access`. */
  readonly tactics: readonly string[];
}

const technique = /^attack\.(t\d{4}(?:\.\d{3})?)$/i;
/** In the order in which an intrusion goes, which is MITRE's. */
const tacticNames: Readonly<Record<string, string>> = {
  reconnaissance: 'Reconnaissance',
  'resource-development': 'Resource development',
  'initial-access': 'Initial access',
  execution: 'Execution',
  persistence: 'Persistence',
  'privilege-escalation': 'Privilege escalation',
  'defense-evasion': 'Defense evasion',
  'defense-impairment': 'Defense impairment',
  stealth: 'Stealth',
  'credential-access': 'Credential access',
  discovery: 'Discovery',
  'lateral-movement': 'Lateral movement',
  collection: 'Collection',
  'command-and-control': 'Command and control',
  exfiltration: 'Exfiltration',
  impact: 'Impact',
};

export const tactics: readonly string[] = Object.values(tacticNames);

export function attackTags(tags: readonly string[]): AttackTags {
  const techniques: string[] = [];
  const named: string[] = [];
  for (const tag of tags) {
    const id = technique.exec(tag)?.[1];
    if (id !== undefined) techniques.push(id.toUpperCase());
    const tactic =
      tacticNames[
        tag
          .toLowerCase()
          .replace(/^attack\./, '')
          .replaceAll('_', '-')
      ];
    if (tactic !== undefined && tag.toLowerCase().startsWith('attack.')) named.push(tactic);
  }
  return { techniques, tactics: named };
}
