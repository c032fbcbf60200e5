/** The pipeline's limits as the configuration gives them. */
import type { PipelineOptions } from '../pipeline/options.ts';
import type { Config } from './config.ts';

export function pipelineOptions({ intake }: Config): PipelineOptions {
  const {
    maxRecordBytes,
    maxBodyBytes,
    maxCompressedBytes,
    maxDecompressionRatio,
    batchRecords,
    batchBytes,
  } = intake;
  return {
    maxRecordBytes,
    maxBodyBytes,
    maxCompressedBytes,
    maxDecompressionRatio,
    batchRecords,
    batchBytes,
    resendWindowMs: intake.resendWindow,
    futureLimitMs: intake.futureLimit,
    earliest: intake.earliest,
  };
}
