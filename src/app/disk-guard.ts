/** Refuses intake before the disk is full, while there is still room to write down what people do. */
import { AppError } from '../base/errors.ts';
import type { Logger } from '../base/logger.ts';
import { assertDiskSpace } from './lock.ts';

export interface DiskGuard {
  /** Throws AppError E_DISK_FULL when the last look found too little space. */
  check(): void;
  stop(): void;
}

const lookEveryMs = 5_000;

export function startDiskGuard(dir: string, minBytes: number, logger: Logger): DiskGuard {
  let refusal: AppError | null = null;
  const look = async (): Promise<void> => {
    try {
      await assertDiskSpace(dir, minBytes);
      if (refusal !== null) logger.info({ dir }, 'there is disk space again, intake goes on');
      refusal = null;
    } catch (thrown) {
      if (!(thrown instanceof AppError)) {
        logger.warn({ dir, reason: String(thrown) }, 'free disk space can not be read');
        return;
      }
      if (refusal === null)
        logger.error({ dir, reason: thrown.message }, 'too little disk space, intake is refused');
      refusal = thrown;
    }
  };
  const timer = setInterval(() => void look(), lookEveryMs);
  timer.unref();
  return {
    check() {
      if (refusal !== null) throw refusal;
    },
    stop: () => clearInterval(timer),
  };
}
