/** The one catalogue of refused requests. A bug throws a plain Error instead. */

/** Code → HTTP status. The code is stable; the message says the place and the fix. */
export const errorCatalogue = {
  E_BAD_REQUEST: 400,
  E_UNAUTHENTICATED: 401,
  E_FORBIDDEN: 403,
  E_NOT_FOUND: 404,
  E_CONFLICT: 409,
  E_ALERT_CLOSED: 409,
  E_ALERT_OPEN: 409,
  E_IMPORT_RUNNING: 409,
  E_TOO_LARGE: 413,
  E_BAD_ENCODING: 400,
  E_RATE_LIMITED: 429,
  E_BUSY: 503,
  E_DISK_FULL: 507,
  E_CONFIG: 400,
  E_DATA_LOCKED: 409,
  E_DATA_NEWER: 409,
  E_DATA_INVALID: 409,
  E_PORT_TAKEN: 409,
  E_STORE_UNAVAILABLE: 503,
} as const;

export type ErrorCode = keyof typeof errorCatalogue;

export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  /** Machine-readable facts about the refusal (never secrets, never raw events). */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return errorCatalogue[this.code];
  }
}

/** The message of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
