/** Entities and the never-group list over HTTP. */
import { open, os } from './context.ts';
import { entityView, neverGroupView } from './queue-views.ts';
import type { Services } from './services.ts';

export function assetRoutes({ assets }: Pick<Services, 'assets'>) {
  return open.assets.router({
    list: os.assets.list.handler(async ({ context, input }) => {
      const page = await assets.list(context.scope, input);
      return { ...page, items: page.items.map(entityView) };
    }),
    get: os.assets.get.handler(async ({ context, input }) =>
      entityView(await assets.get(context.scope, input.kind, input.id)),
    ),
    import: os.assets.import.handler(async ({ context, input }) => {
      const report = await assets.importCsv(context.actor, input.kind, input.csv);
      return { ...report, refused: [...report.refused] };
    }),
    neverGroup: os.assets.neverGroup.handler(async ({ context }) => ({
      items: (await assets.neverGroup(context.scope)).map(neverGroupView),
    })),
    addNeverGroup: os.assets.addNeverGroup.handler(async ({ context, input }) =>
      neverGroupView(await assets.addNeverGroup(context.actor, input)),
    ),
    removeNeverGroup: os.assets.removeNeverGroup.handler(async ({ context, input }) => {
      await assets.removeNeverGroup(context.actor, input.id);
      return { id: input.id };
    }),
  });
}
