/** What became of records that came in. All counts are records. */

export interface DeliveryReport {
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  /** Stored, but no event could be made of them. */
  readonly unparsed: number;
  /** The first of these, by index of the record in the delivery (blank lines do not count). */
  readonly rejected: readonly { readonly index: number; readonly reason: string }[];
}

export interface ImportReport {
  readonly file: string;
  /** What the file was taken for: `json`, `evtx`; `what` says it to a person: `JSON lines`. */
  readonly format: string;
  readonly what: string;
  readonly read: number;
  readonly stored: number;
  readonly duplicate: number;
  readonly unparsed: number;
  readonly outOfRange: number;
  readonly detections: number;
  readonly alerts: number;
  /** Why the file was not read to its end, when it was not; what came before is stored. */
  readonly truncated?: string;
}
