/** Trading a one-time link for a session, and what to do without one. */
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Command } from '../../components/command.tsx';
import { Failure } from '../../components/failure.tsx';
import states from '../../components/states.module.css';
import { client, orpc, queryClient } from '../../lib/api.ts';
import { isRefusal } from '../../lib/errors.ts';

/** The token stands in the fragment, which no server and no log ever sees. */
function readToken(): string | null {
  const token = new URLSearchParams(window.location.hash.slice(1)).get('token');
  return token === '' ? null : token;
}

/** Neither a screenshot nor the browser's history shall hold it. */
function hideToken(): void {
  if (window.location.hash !== '')
    window.history.replaceState(window.history.state, '', window.location.pathname);
}

/** The link itself is at fault, not the moment. */
function isSpent(error: unknown): boolean {
  return isRefusal(error) && [400, 401, 403, 404, 409].includes(error.status);
}

type Outcome =
  | { readonly kind: 'trading' | 'none' | 'used' }
  | { readonly kind: 'failed'; readonly error: unknown };

export function SignInPage() {
  const navigate = useNavigate();
  const [token, setToken] = useState(readToken);
  const [outcome, setOutcome] = useState<Outcome>({ kind: token === null ? 'none' : 'trading' });
  const [attempt, setAttempt] = useState(0);
  const traded = useRef(-1);
  useEffect(() => {
    document.title = 'Sign in · Watchfloor';
    hideToken();
    // A second link opened in this tab changes the fragment only.
    const again = () => {
      const next = readToken();
      if (next === null) return;
      setToken(next);
      setAttempt((n) => n + 1);
      hideToken();
    };
    window.addEventListener('hashchange', again);
    return () => window.removeEventListener('hashchange', again);
  }, []);
  useEffect(() => {
    // A token is good once: development's double effect must not spend it twice.
    if (token === null || traded.current === attempt) return;
    traded.current = attempt;
    setOutcome({ kind: 'trading' });
    client.session.signIn({ token }).then(
      (me) => {
        queryClient.setQueryData(orpc.session.me.queryKey(), me);
        return navigate({ to: '/', replace: true });
      },
      (error: unknown) => setOutcome(isSpent(error) ? { kind: 'used' } : { kind: 'failed', error }),
    );
  }, [token, attempt, navigate]);
  if (outcome.kind === 'trading') return <div className={states.page}>Signing in …</div>;
  if (outcome.kind === 'failed') {
    return (
      <Failure
        what="The sign-in did not reach the service."
        error={outcome.error}
        stillTrue="Your link has not been used."
        onRetry={() => setAttempt(attempt + 1)}
      />
    );
  }
  return <SignInHelp reason={outcome.kind} />;
}

export function SignInHelp({ reason }: { readonly reason: 'none' | 'used' }) {
  useEffect(() => {
    document.title = 'Sign in · Watchfloor';
  }, []);
  return (
    <main className={states.page}>
      <div className={states.card}>
        <h1>{reason === 'used' ? 'This link no longer works' : 'Sign in with a link'}</h1>
        <p>
          {reason === 'used'
            ? 'A sign-in link works once and for a short time. This one was used or has expired.'
            : 'There is no session in this browser. Watchfloor prints a sign-in link when it starts.'}
        </p>
        <p>This prints a new one, on the machine where the service runs:</p>
        <Command text="./watchfloor sign-in-link" />
        <p>Restarting the service prints one as well.</p>
      </div>
    </main>
  );
}
