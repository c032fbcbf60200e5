/** The pages and what stands in their addresses. The queue comes first; the others are loaded when asked for. */
import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  lazyRouteComponent,
  Outlet,
  redirect,
  type SearchSchemaInput,
} from '@tanstack/react-router';
import states from '../components/states.module.css';
import { filterParameters, type QueueSearch } from '../lib/filter.ts';
import { part } from '../lib/part.ts';
import {
  type EventsSearch,
  eventsParts,
  type RuleSearch,
  type RulesSearch,
  type SourcesSearch,
} from '../lib/searches.ts';
import { parseSearch, pick, stringifySearch } from '../lib/urls.ts';
import { QueuePage } from '../pages/queue/queue-page.tsx';
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx';
import { Broken } from './broken.tsx';
import { Shell } from './shell.tsx';

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFound, errorComponent: Broken });

const inside = createRoute({ getParentRoute: () => root, id: 'in', component: Shell });

const queue = createRoute({
  getParentRoute: () => inside,
  path: '/',
  validateSearch: (search): QueueSearch => pick(search, [...filterParameters, 'row']),
  component: QueuePage,
});

const alert = createRoute({
  getParentRoute: () => inside,
  path: '/alerts/$key',
  validateSearch: (search): { readonly tab?: string } => pick(search, ['tab']),
  component: lazyRouteComponent(
    part(() => import('../pages/alert/alert-page.tsx')),
    'AlertPage',
  ),
});

const incident = createRoute({
  getParentRoute: () => inside,
  path: '/incidents/$key',
  validateSearch: (search): { readonly tab?: string } => pick(search, ['tab']),
  component: lazyRouteComponent(
    part(() => import('../pages/incident/incident-page.tsx')),
    'IncidentPage',
  ),
});

const events = createRoute({
  getParentRoute: () => inside,
  path: '/events',
  validateSearch: (search: EventsSearch & SearchSchemaInput): EventsSearch =>
    pick({ ...search }, eventsParts),
  beforeLoad: async ({ search }) => {
    // With the language of queries, which only that page needs.
    const { ownEventsSearch } = await part(() => import('../lib/hunt.ts'))();
    const own = ownEventsSearch(search);
    if (own !== null) throw redirect({ to: '/events', search: own, replace: true });
  },
  component: lazyRouteComponent(
    part(() => import('../pages/events/events-page.tsx')),
    'EventsPage',
  ),
});

const rules = createRoute({
  getParentRoute: () => inside,
  path: '/rules',
  validateSearch: (search): RulesSearch => pick(search, ['text', 'state', 'logsource', 'view', 'row']),
  component: lazyRouteComponent(
    part(() => import('../pages/rules/rules-page.tsx')),
    'RulesPage',
  ),
});

const rule = createRoute({
  getParentRoute: () => inside,
  path: '/rules/$id',
  validateSearch: (search): RuleSearch => pick(search, ['edit', 'tab', 'from', 'to']),
  component: lazyRouteComponent(
    part(() => import('../pages/rule/rule-page.tsx')),
    'RulePage',
  ),
});

/** Beside `/rules/`, where every name may be the id of a rule. */
const newRule = createRoute({
  getParentRoute: () => inside,
  path: '/new-rule',
  validateSearch: (search): { readonly template?: string } => pick(search, ['template']),
  component: lazyRouteComponent(
    part(() => import('../pages/rule/new-rule-page.tsx')),
    'NewRulePage',
  ),
});

const sources = createRoute({
  getParentRoute: () => inside,
  path: '/sources',
  validateSearch: (search): SourcesSearch => pick(search, ['text', 'row']),
  component: lazyRouteComponent(
    part(() => import('../pages/sources/sources-page.tsx')),
    'SourcesPage',
  ),
});

const signIn = createRoute({ getParentRoute: () => root, path: '/sign-in', component: SignInPage });

export const router = createRouter({
  routeTree: root.addChildren([
    inside.addChildren([queue, alert, incident, events, rules, rule, newRule, sources]),
    signIn,
  ]),
  parseSearch,
  stringifySearch,
  // Within the shell: from a page that can't be drawn there is a way to the others.
  defaultErrorComponent: Broken,
  defaultPreload: false,
  scrollRestoration: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function NotFound() {
  return (
    <main className={states.state}>
      <p className={states.title}>There is no such page</p>
      <Link to="/" className="btn">
        To the queue
      </Link>
    </main>
  );
}
