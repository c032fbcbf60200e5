/** Detections that no rule made: alerts of other products, as their parsers found them in a record. */
import { hashId } from '../base/ids.ts';
import { type Detection, evidencePerAlert } from '../model/detection.ts';
import type { ParsedEvent } from '../model/event.ts';
import type { DetectionId, RuleId } from '../model/ids.ts';
import type { EventColumns, EventTime, Place } from './rows.ts';

/** A fresh count of evidence; one per batch. */
export interface FindingCollector {
  /** The detection of the event's finding; null when it has none. */
  detect(
    event: ParsedEvent,
    place: Place,
    time: EventTime,
    columns: EventColumns,
    raw: Uint8Array,
    parser: string,
  ): Detection | null;
}

export function createFindingCollector(): FindingCollector {
  const given = new Map<string, number>();
  return {
    detect(event, place, time, columns, raw, parser) {
      const { finding } = event;
      if (finding === undefined) return null;
      const key = JSON.stringify([finding.product, finding.uid]);
      const before = given.get(key) ?? 0;
      given.set(key, before + 1);
      const { tenant, source } = place.context;
      return {
        id: hashId(tenant, 'finding', finding.product, finding.uid, place.eventId) as DetectionId,
        tenant,
        ruleId: '' as RuleId,
        ruleHash: '',
        title: finding.title,
        severity: finding.severity,
        eventId: place.eventId,
        seq: place.seq,
        idx: place.idx,
        eventTime: time.at,
        host: columns.host,
        user: columns.user,
        source,
        finding,
        evidence:
          before >= evidencePerAlert
            ? null
            : {
                eventId: place.eventId,
                time: time.at,
                receivedAt: place.receivedAt,
                raw: raw.slice(),
                native: event.native,
                matched: [],
                parser,
              },
      };
    },
  };
}
