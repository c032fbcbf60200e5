/** The way between the pages, and what belongs to the person: theme and sign-out. */
import {
  IconAntennaBars5,
  IconBell,
  IconListSearch,
  IconLogout,
  IconMoon,
  IconShieldCheck,
  IconSun,
  IconSunrise,
} from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useSyncExternalStore } from 'react';
import { client, queryClient } from '../lib/api.ts';
import { colorScheme, setColorScheme, watchColorScheme } from '../lib/color-scheme.ts';
import { explain } from '../lib/errors.ts';
import { showToast } from '../lib/toasts.ts';
import styles from './rail.module.css';
import { useMe } from './session.tsx';
import { useCommands } from './use-keys.ts';

export function Rail() {
  return (
    <nav className={styles.rail} aria-label="Pages">
      <span className={styles.brand}>
        <IconSunrise size={26} stroke={1.7} aria-hidden />
        <span className="unseen">Watchfloor</span>
      </span>
      <Place to="/" name="Queue" title="g q">
        <IconBell size={19} stroke={1.6} aria-hidden />
      </Place>
      <Place to="/events" name="Events" title="g e">
        <IconListSearch size={19} stroke={1.6} aria-hidden />
      </Place>
      <Place to="/rules" name="Rules" title="g r">
        <IconShieldCheck size={19} stroke={1.6} aria-hidden />
      </Place>
      <Place to="/sources" name="Sources" title="g s">
        <IconAntennaBars5 size={19} stroke={1.6} aria-hidden />
      </Place>
      <span className={styles.gap} />
      <ThemeSwitch />
      <SignOut />
    </nav>
  );
}

interface PlaceProps {
  readonly to: '/' | '/events' | '/rules' | '/sources';
  readonly name: string;
  readonly title: string;
  readonly children: ReactNode;
}

function Place({ to, name, title, children }: PlaceProps) {
  return (
    <Link
      to={to}
      className={styles.place}
      title={title}
      activeOptions={{ exact: to === '/', includeSearch: false }}
      activeProps={{ 'data-active': true }}
    >
      {children}
      {name}
    </Link>
  );
}

function ThemeSwitch() {
  const scheme = useSyncExternalStore(watchColorScheme, colorScheme);
  const other = scheme === 'dark' ? 'light' : 'dark';
  useCommands(0, { theme: () => setColorScheme(other) });
  return (
    <button
      type="button"
      className={styles.place}
      onClick={() => setColorScheme(other)}
      title={`Switch to ${other}`}
    >
      {scheme === 'dark' ? (
        <IconSun size={19} stroke={1.6} aria-hidden />
      ) : (
        <IconMoon size={19} stroke={1.6} aria-hidden />
      )}
      {scheme === 'dark' ? 'Light' : 'Dark'}
    </button>
  );
}

function SignOut() {
  const me = useMe();
  const leave = async () => {
    try {
      await client.session.signOut();
      queryClient.clear();
      window.location.assign('/sign-in');
    } catch (error) {
      showToast(`Could not sign out; the session is still open. ${explain(error)}`, { failed: true });
    }
  };
  return (
    <button
      type="button"
      className={styles.place}
      title={`Signed in as ${me.name}`}
      onClick={() => void leave()}
    >
      <IconLogout size={19} stroke={1.6} aria-hidden />
      Sign out
    </button>
  );
}
