/** Visibility alerts: a source that falls silent is folded like a detection, of a rule that is part of the program. */
import { type Clock, toIso } from '../base/clock.ts';
import { hashId, sha256Hex } from '../base/ids.ts';
import { foldDetections, type RuleFacts } from '../features/alerts/index.ts';
import type { RaiseVisibility } from '../features/health/index.ts';
import type { Detection } from '../model/detection.ts';
import type { DetectionId, EventId, RuleId } from '../model/ids.ts';

/** The rule's document: what the alert shows as its rule. */
const source = `title: A source has fallen silent
id: 6d6d2c52-7c1b-4f43-9a5e-6c1f0f1b7a55
status: stable
description: >-
  Nothing has come from the source named in the alert for longer than expected, so that what happens
  there can't be seen. The time of the alert's first event is that of the last record received. Check
  the sender, the way to this service, and the token. The expectation is told from the source's own
  history, or set on its page.
author: Watchfloor contributors
tags:
  - watchfloor.visibility
logsource:
  product: watchfloor
  service: sources
detection:
  selection:
    silent: true
  condition: selection
falsepositives:
  - A planned outage, or a source that was retired
level: medium
`;

export const silenceRule: RuleFacts = {
  title: 'A source has fallen silent',
  author: 'Watchfloor contributors',
  license: null,
  source,
  tags: ['watchfloor.visibility'],
  severity: 'medium',
};
const ruleId = '6d6d2c52-7c1b-4f43-9a5e-6c1f0f1b7a55' as RuleId;
const ruleHash = sha256Hex(source);

export function createRaiseVisibility(clock: Clock): RaiseVisibility {
  return async (tx, facts) => {
    const { tenant, source: name, lastReceivedAt } = facts;
    // One silence is one detection, however often it is looked at.
    const silence = hashId(tenant, ruleId, name, toIso(lastReceivedAt));
    const detection: Detection = {
      id: silence as DetectionId,
      tenant,
      ruleId,
      ruleHash,
      title: silenceRule.title,
      severity: silenceRule.severity,
      eventId: silence as EventId,
      seq: 0,
      idx: 0,
      eventTime: lastReceivedAt,
      host: '',
      user: '',
      source: name,
      evidence: null,
    };
    await foldDetections(tx, [detection], { now: clock.now(), rules: () => silenceRule });
  };
}
