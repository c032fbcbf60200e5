/** The intake as the routes see it: refuses while the disk is too full. */
import type { IntakeService } from '../api/routes/services.ts';
import type { SourceId } from '../model/ids.ts';
import type { Intake } from '../pipeline/intake.ts';
import type { DiskGuard } from './disk-guard.ts';

export function createIntakeService(intake: Intake, disk: DiskGuard): IntakeService {
  return {
    async deliver({ actor, source, ...delivery }) {
      disk.check();
      return intake.deliver({ ...delivery, tenant: actor.tenant, source: source as SourceId });
    },
    async importStream({ actor, source, onProgress, ...upload }) {
      disk.check();
      return intake.importStream({
        ...upload,
        tenant: actor.tenant,
        source: source as SourceId,
        onProgress: (progress) => onProgress({ ...progress }),
      });
    },
  };
}
