/** What went wrong, told apart: a refusal with its code, or no answer at all. */
import { ORPCError } from '@orpc/client';

/** Reads `application/problem+json` (RFC 9457) and oRPC's own error body; null leaves it to the client's default. */
export function readProblem(body: unknown, status: number): ORPCError<string, unknown> | null {
  if (typeof body !== 'object' || body === null) return null;
  const fields = body as Readonly<Record<string, unknown>>;
  if (typeof fields['code'] !== 'string') return null;
  const message = [fields['detail'], fields['message'], fields['title']].find((v) => typeof v === 'string');
  return new ORPCError(fields['code'], {
    status,
    message: message ?? '',
    data: fields['details'] ?? fields['data'],
  });
}

export function isRefusal(error: unknown): error is ORPCError<string, unknown> {
  return error instanceof ORPCError;
}

/** The stable code of a refusal, null when the service did not answer. */
export function codeOf(error: unknown): string | null {
  return isRefusal(error) ? error.code : null;
}

/** No session, or one that has ended. */
export function isSignedOut(error: unknown): boolean {
  return isRefusal(error) && (error.code === 'E_UNAUTHENTICATED' || error.status === 401);
}

const conflictCodes: readonly string[] = ['E_CONFLICT', 'E_ALERT_CLOSED', 'E_ALERT_OPEN'];

/** Somebody else was faster: the record is no longer what the change was made on. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code !== null && conflictCodes.includes(code);
}

/** One sentence for a person: why it failed. */
export function explain(error: unknown): string {
  if (!isRefusal(error)) return 'The service did not answer.';
  if (isSignedOut(error)) return 'Your session has ended.';
  const message = error.message === '' ? 'The service refused the request.' : error.message;
  return `${message.replace(/\.?$/, '.')} (${error.code})`;
}
