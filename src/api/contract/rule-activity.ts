/** What a rule did: its detections by day. */
import { z } from 'zod';
import { route } from './route.ts';

export const RuleActivity = z.object({
  /** By UTC day of event time, newest last, days without any left out. */
  days: z.array(z.object({ day: z.string(), detections: z.int() })),
});

export const ruleActivityRoutes = {
  byDay: route({
    method: 'GET',
    path: '/rules/{id}/by-day',
    tag: 'rules',
    access: { action: 'read', resource: 'rule' },
    summary: 'Detections of a rule by day',
  })
    .input(z.object({ id: z.string(), days: z.coerce.number().int().min(1).max(400).default(30) }))
    .output(RuleActivity),
};
