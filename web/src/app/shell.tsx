/** What surrounds every page of a session: rail, live stream, keys, dialogs, toasts. */
import { useQuery } from '@tanstack/react-query';
import { type AnyRouter, Outlet, useNavigate, useRouter } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Failure } from '../components/failure.tsx';
import { MenuHost } from '../components/menu.tsx';
import { client, orpc, queryClient } from '../lib/api.ts';
import { isSignedOut } from '../lib/errors.ts';
import { onLive, startLive } from '../lib/live.ts';
import { startNotices, toggleNotices } from '../lib/notices.ts';
import { showToast, undoLast } from '../lib/toasts.ts';
import { visibleText } from '../lib/visible.ts';
import { SignInHelp } from '../pages/sign-in/sign-in-page.tsx';
import { ActionsProvider } from './actions.tsx';
import { AskHost, asks } from './ask-host.tsx';
import { parts } from './dialog.tsx';
import { Help } from './help.tsx';
import { Palette } from './palette.tsx';
import styles from './rail.module.css';
import { Rail } from './rail.tsx';
import { SessionContext } from './session.tsx';
import { Toaster } from './toaster.tsx';
import { useCommands } from './use-keys.ts';

/** Long after the first view, soon enough for the first dialog or the next page. */
const preloadAfterMs = 1_500;

export function Shell() {
  const me = useQuery(orpc.session.me.queryOptions({ staleTime: Number.POSITIVE_INFINITY }));
  if (me.isError && isSignedOut(me.error)) return <SignInHelp reason="none" />;
  if (me.isError) {
    return (
      <Failure
        what="Watchfloor could not be reached."
        error={me.error}
        stillTrue="Nothing that was stored is lost by that."
        onRetry={() => void me.refetch()}
      />
    );
  }
  if (me.data === undefined) return null;
  return (
    <SessionContext value={me.data}>
      <ActionsProvider>
        <Frame />
      </ActionsProvider>
    </SessionContext>
  );
}

function Frame() {
  const navigate = useNavigate();
  const router = useRouter();
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  useCommands(0, {
    goQueue: () => void navigate({ to: '/' }),
    goEvents: () => void navigate({ to: '/events' }),
    goRules: () => void navigate({ to: '/rules' }),
    goSources: () => void navigate({ to: '/sources' }),
    help: () => setHelp(true),
    palette: () => setPalette(true),
    notices: () => void toggleNotices(),
    undo: undoLast,
  });
  useEffect(() => startNotices((key) => void navigate({ to: '/alerts/$key', params: { key } })), [navigate]);
  useEffect(() => {
    const waiting = setTimeout(() => loadTheRest(router), preloadAfterMs);
    return () => clearTimeout(waiting);
  }, [router]);
  useEffect(() => {
    // What was missed while the stream was down is asked for; the queue's own rows only compared.
    const catchUp = () =>
      void queryClient.invalidateQueries({ predicate: (query) => !isRows(query.queryKey) });
    const stopHearing = onLive((event) => {
      if (event.type === 'lagged') catchUp();
      if (event.type === 'rule.flooding' && event.ruleId !== undefined) void tellFlooding(event.ruleId);
    });
    const stopLive = startLive(
      catchUp,
      () => void queryClient.invalidateQueries({ queryKey: orpc.session.key() }),
    );
    return () => {
      stopHearing();
      stopLive();
    };
  }, []);
  return (
    <div className={styles.shell}>
      <Rail />
      <Outlet />
      <Help opened={help} onClose={() => setHelp(false)} />
      <Palette opened={palette} onClose={() => setPalette(false)} />
      <AskHost />
      <MenuHost />
      <Toaster />
    </div>
  );
}

/** The other pages and the dialogs: they are there at once then, also while the service is away. */
function loadTheRest(router: AnyRouter): void {
  parts.start();
  asks.start();
  for (const { options } of Object.values(router.routesById)) {
    const { component } = options as { readonly component?: { preload?: () => Promise<void> | undefined } };
    void component?.preload?.();
  }
}

/** Its alerts stop for the hour: whoever waits for one must know. */
async function tellFlooding(id: string): Promise<void> {
  const rule = await client.rules.get({ id }).catch(() => null);
  showToast(
    `Flooding: ${visibleText(rule?.title ?? id)} passed its cap and opens no new alerts until the hour is over`,
    { failed: true },
  );
}

function isRows(queryKey: readonly unknown[]): boolean {
  const options = queryKey[1];
  return typeof options === 'object' && options !== null && 'type' in options && options.type === 'infinite';
}
