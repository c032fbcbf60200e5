/** The limits that the pipeline works under; config composes them. */

export interface PipelineOptions {
  /** A record longer than this is kept cut to it, as unparsed. Bytes. */
  readonly maxRecordBytes: number;
  /** Decompressed bytes of one HTTP delivery. */
  readonly maxBodyBytes: number;
  /** Bytes of one HTTP delivery as sent. */
  readonly maxCompressedBytes: number;
  /** Decompressed / compressed bytes beyond which a stream counts as a bomb (checked after the first 1 MiB of output). */
  readonly maxDecompressionRatio: number;
  /** A batch closes at this many records … */
  readonly batchRecords: number;
  /** … or this many bytes. */
  readonly batchBytes: number;
  /** How long a delivery is remembered for a resend, ms. */
  readonly resendWindowMs: number;
  /** Event time later than receipt plus this is out of range, ms. */
  readonly futureLimitMs: number;
  /** Event time before this is out of range, epoch ms. */
  readonly earliest: number;
}

export const defaultPipelineOptions: PipelineOptions = {
  maxRecordBytes: 1 << 20,
  maxBodyBytes: 64 << 20,
  maxCompressedBytes: 16 << 20,
  maxDecompressionRatio: 200,
  batchRecords: 5_000,
  batchBytes: 8 << 20,
  resendWindowMs: 24 * 3_600_000,
  futureLimitMs: 24 * 3_600_000,
  earliest: Date.UTC(1990, 0, 1),
};
