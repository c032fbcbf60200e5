/** The intake as the routes see it: refuses while the disk is too full, and knows the sources' mappings. */
import type { IntakeService } from '../api/routes/services.ts';
import { isZone } from '../base/civil-time.ts';
import { AppError } from '../base/errors.ts';
import type { SourceId } from '../model/ids.ts';
import { type Format, formats } from '../pipeline/formats/guess.ts';
import type { Intake } from '../pipeline/intake.ts';
import type { Config } from './config.ts';
import type { DiskGuard } from './disk-guard.ts';

export function createIntakeService(
  intake: Intake,
  disk: DiskGuard,
  webhooks: Config['sources']['webhook'],
): IntakeService {
  /** As JSON, as it goes into the context of records. */
  const mappings = new Map(webhooks.map(({ source, mapping }) => [source, JSON.stringify(mapping)]));
  return {
    async deliver({ actor, source, format, ...delivery }) {
      disk.check();
      const mapping = format === 'webhook' ? mappings.get(source) : undefined;
      if (format === 'webhook' && mapping === undefined)
        throw new AppError(
          'E_NOT_FOUND',
          `sources.webhook of the configuration has no mapping for "${source}"`,
        );
      return intake.deliver({
        ...delivery,
        tenant: actor.tenant,
        source: source as SourceId,
        format: format === 'text' ? 'text' : 'json',
        ...(mapping === undefined ? {} : { mapping }),
      });
    },
    async deliverBulk({ actor, source, ...delivery }) {
      disk.check();
      return intake.deliverBulk({ ...delivery, tenant: actor.tenant, source: source as SourceId });
    },
    async importStream({ actor, source, format, zone, onProgress, ...upload }) {
      disk.check();
      if (zone !== null && !isZone(zone))
        throw new AppError(
          'E_BAD_REQUEST',
          `zone: "${zone}" is not the name of a time zone, such as Europe/Berlin`,
        );
      return intake.importStream({
        ...upload,
        format: knownFormat(format),
        zone,
        tenant: actor.tenant,
        source: source as SourceId,
        onProgress: (progress) => onProgress({ ...progress }),
      });
    },
  };
}

function knownFormat(name: string | null): Format | null {
  const known = formats.find((one) => one === name) ?? null;
  if (name !== null && known === null)
    throw new AppError('E_BAD_REQUEST', `format: one of ${formats.join(', ')}`);
  return known;
}
