/** Sources that may send: each is a name with an identity and a token of its own. */
import type { Clock, Instant } from '../../base/clock.ts';
import { AppError } from '../../base/errors.ts';
import type { Actor, Scope } from '../../model/actor.ts';
import type { SourceId } from '../../model/ids.ts';
import { audit } from '../../store/audit-row.ts';
import type { Records } from '../../store/records.ts';
import { pgText, type Row } from '../../store/schema.ts';
import type { AccessService } from './types.ts';

export interface Source {
  readonly id: SourceId;
  readonly description: string;
  readonly createdAt: Instant;
  readonly version: number;
}

export interface SourcesService {
  /** By name, at most a thousand. */
  list(scope: Scope): Promise<readonly Source[]>;
  /** The token is given out this once. E_CONFLICT when the name is taken. */
  create(
    actor: Actor,
    source: { readonly id: string; readonly description: string },
    peer: string,
  ): Promise<{ readonly source: Source; readonly token: string }>;
}

function toSource(row: Row<'sources'>): Source {
  return {
    id: row.id as SourceId,
    description: row.description,
    createdAt: row.created_at.getTime(),
    version: row.version,
  };
}

export function createSources(deps: {
  readonly records: Records;
  readonly clock: Clock;
  readonly access: Pick<AccessService, 'addSourceIdentity' | 'issueTokenIn'>;
}): SourcesService {
  const { records, clock, access } = deps;
  return {
    async list(scope) {
      const rows = await records.db
        .selectFrom('sources')
        .selectAll()
        .where('tenant', '=', scope.tenant)
        .orderBy('id')
        .limit(1_000)
        .execute();
      return rows.map(toSource);
    },

    create: (actor, source, peer) =>
      records.transaction(async (tx) => {
        const row = await tx
          .insertInto('sources')
          .values({
            tenant: actor.tenant,
            id: source.id,
            description: pgText(source.description),
            created_at: new Date(clock.now()),
          })
          .onConflict((oc) => oc.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) {
          throw new AppError('E_CONFLICT', `There is a source named ${source.id} already.`, {
            source: source.id,
          });
        }
        const identity = await access.addSourceIdentity(tx, actor.tenant, source.id);
        const token = await access.issueTokenIn(tx, { identity, kind: 'source_token', by: actor, peer });
        await audit(tx, {
          at: clock.now(),
          actor,
          action: 'source.created',
          resource: 'source',
          resourceId: source.id,
          outcome: 'ok',
          details: { description: source.description },
          peer,
        });
        return { source: toSource(row), token };
      }),
  };
}
