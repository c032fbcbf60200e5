/** What a run of new detections adds to each alert: pure, in the order given. */
import type { Instant } from '../../base/clock.ts';
import { type Detection, type Evidence, evidencePerAlert } from '../../model/detection.ts';
import { groupKeyOf } from './group.ts';

/** Where the detections of one group go. */
export interface Target {
  readonly alertId: string;
  /** False: the alert is to be made, if anything is added. */
  readonly exists: boolean;
}

export interface KeptEvidence {
  readonly detectionId: string;
  readonly ruleHash: string;
  readonly evidence: Evidence;
}

export interface Addition {
  readonly groupKey: string;
  readonly target: Target;
  /** The first detection added: names the rule and the entity of a new alert. */
  readonly first: Detection;
  readonly count: number;
  readonly firstEventAt: Instant;
  readonly lastEventAt: Instant;
  /** The first user that any of them names, or ''. */
  readonly user: string;
  readonly evidence: readonly KeptEvidence[];
}

type Growing = { -readonly [K in keyof Addition]: Addition[K] } & { evidence: KeptEvidence[] };

/**
 * Folds `fresh` by group. `kept` are the event ids that an alert's evidence already holds: an event
 * is evidence once, though two versions of a rule may match it.
 */
export function gather(
  fresh: readonly Detection[],
  targets: ReadonlyMap<string, Target>,
  kept: ReadonlyMap<string, ReadonlySet<string>>,
): readonly Addition[] {
  const additions = new Map<string, Growing>();
  const held = new Map<string, Set<string>>();
  for (const detection of fresh) {
    const groupKey = groupKeyOf(detection);
    const target = targets.get(groupKey);
    if (target === undefined) throw new Error(`no alert was planned for group ${groupKey}`);
    const addition = additions.get(groupKey) ?? begin(groupKey, target, detection);
    additions.set(groupKey, addition);
    addition.count += 1;
    addition.firstEventAt = Math.min(addition.firstEventAt, detection.eventTime);
    addition.lastEventAt = Math.max(addition.lastEventAt, detection.eventTime);
    if (addition.user === '') addition.user = detection.user;

    const events = held.get(groupKey) ?? new Set(kept.get(target.alertId));
    held.set(groupKey, events);
    for (const evidence of [...(detection.contributing ?? []), detection.evidence]) {
      if (evidence === null || events.size >= evidencePerAlert || events.has(evidence.eventId)) continue;
      events.add(evidence.eventId);
      addition.evidence.push({ detectionId: detection.id, ruleHash: detection.ruleHash, evidence });
    }
  }
  return [...additions.values()];
}

function begin(groupKey: string, target: Target, first: Detection): Growing {
  return {
    groupKey,
    target,
    first,
    count: 0,
    firstEventAt: first.eventTime,
    lastEventAt: first.eventTime,
    user: '',
    evidence: [],
  };
}
