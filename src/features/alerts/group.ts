/** What makes detections one alert: tenant, rule and the entity that it is about (ADR 8). */
import { hashId } from '../../base/ids.ts';
import type { Detection } from '../../model/detection.ts';

export interface Entity {
  readonly kind: 'host' | 'user' | 'source';
  readonly name: string;
}

/** Host names differ in case from log to log; users of other systems may differ by case alone, so theirs is kept. */
export function entityOf(detection: Pick<Detection, 'host' | 'user' | 'source'>): Entity {
  if (detection.host !== '') return { kind: 'host', name: detection.host.toLowerCase() };
  if (detection.user !== '') return { kind: 'user', name: detection.user };
  return { kind: 'source', name: detection.source };
}

/** 32 hex digits. */
export function groupKeyOf(
  detection: Pick<Detection, 'tenant' | 'ruleId' | 'host' | 'user' | 'source' | 'group'>,
): string {
  if (detection.group !== undefined)
    return hashId(detection.tenant, detection.ruleId, 'group', detection.group);
  const entity = entityOf(detection);
  return hashId(detection.tenant, detection.ruleId, entity.kind, entity.name);
}
