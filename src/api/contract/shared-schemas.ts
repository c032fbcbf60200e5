/** Small nouns that alerts, incidents and queue rows have in common. */
import { z } from 'zod';
import { entityKinds } from '../../model/entity.ts';
import { priorityFactors } from '../../model/priority.ts';

export const EntityRef = z.object({ kind: z.enum(entityKinds), id: z.string() });
export const KeyRef = z.object({ id: z.string(), key: z.string() });
export const Waiting = z.object({ for: z.string(), until: z.iso.datetime({ precision: 3 }) });
export const PriorityReason = z.object({
  factor: z.enum(priorityFactors),
  points: z.int(),
  text: z.string(),
});
