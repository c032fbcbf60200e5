/** A refused request as it crosses the wire (RFC 9457), and how a typed client reads it back. */
import { ORPCError } from '@orpc/client';
import { z } from 'zod';

export const Problem = z.object({
  /** `urn:watchfloor:error:` and the code. */
  type: z.string(),
  /** The status in words. */
  title: z.string(),
  status: z.int(),
  /** The place and the fix, for a person. */
  detail: z.string(),
  /** Stable, from the catalogue of `base/errors.ts`; `E_INTERNAL` for a fault of the service. */
  code: z.string(),
  /** `urn:uuid:` and the id under which the service logged the request. */
  instance: z.string(),
  /** Facts by code: `issues` of an E_BAD_REQUEST, `current` of an E_CONFLICT. */
  details: z.record(z.string(), z.unknown()),
});
export type Problem = z.infer<typeof Problem>;

/** For `customErrorResponseBodyDecoder`: code, status, detail as message, details as data; null when it is no problem. */
export function decodeProblem(body: unknown): ORPCError<string, Problem['details']> | null {
  const problem = Problem.safeParse(body);
  if (!problem.success) return null;
  const { code, status, detail, details } = problem.data;
  return new ORPCError(code, { status, message: detail, data: details });
}
