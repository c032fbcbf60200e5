/** Signing in and out, and who there is. */
import type { AccessService } from '../../features/access/types.ts';
import { open, os } from './context.ts';
import { meView } from './views.ts';

export function sessionRoutes(access: Pick<AccessService, 'signIn' | 'signOut' | 'people'>) {
  return open.session.router({
    signIn: open.session.signIn.handler(async ({ context, input }) => {
      const { sessionSecret, actor, expiresAt } = await access.signIn(input.token, context.peer);
      context.startSession(sessionSecret, expiresAt);
      return meView(actor);
    }),
    me: os.session.me.handler(({ context }) => meView(context.actor)),
    signOut: os.session.signOut.handler(async ({ context }) => {
      if (context.secret !== null) await access.signOut(context.secret, context.actor, context.peer);
      context.endSession();
      return { ok: true as const };
    }),
    people: os.session.people.handler(async ({ context }) => ({
      items: [...(await access.people(context.scope))],
    })),
  });
}
