/** In the place of a page that can't be drawn; what stands around it goes on. */
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ErrorComponentProps } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import states from '../components/states.module.css';
import { NotLoaded } from '../lib/part.ts';

export function Broken({ error, reset }: ErrorComponentProps) {
  return error instanceof NotLoaded ? <Missing /> : <Fault error={error} onAgain={reset} />;
}

function Fault({ error, onAgain }: { readonly error: unknown; readonly onAgain: () => void }) {
  return (
    <main className={states.place}>
      <div className={states.state} role="alert">
        <h1 className={states.title}>This page broke</h1>
        <p className="dim">
          {error instanceof Error ? error.message : String(error)}. Nothing stored was changed.
        </p>
        <button type="button" className="btn" onClick={onAgain}>
          Draw it again
        </button>
      </div>
    </main>
  );
}

const everyMs = 2_000;

/** Loaded anew as a whole: parts of two versions do not fit, and a browser keeps which styles it has asked for. */
function Missing() {
  const [isAway, setIsAway] = useState(false);
  useEffect(() => {
    let wasAway = false;
    const look = async () => {
      const answers = await serviceAnswers();
      // Not where it has answered all the time: that would go on for ever.
      if (answers && wasAway) window.location.reload();
      wasAway ||= !answers;
      setIsAway(!answers);
    };
    void look();
    const looking = setInterval(() => void look(), everyMs);
    return () => clearInterval(looking);
  }, []);
  return (
    <main className={states.place}>
      <div className={states.state} role="alert">
        <IconPlugConnectedX size={26} stroke={1.5} aria-hidden />
        <h1 className={states.title}>This page could not be loaded</h1>
        <p className="dim">
          {isAway
            ? 'The service does not answer. The page comes by itself as soon as it does.'
            : 'The service has another version of the console by now. Nothing that is stored was changed.'}
        </p>
        {isAway ? null : (
          <button type="button" className="btn" onClick={() => window.location.reload()}>
            Load the console anew
          </button>
        )}
      </div>
    </main>
  );
}

async function serviceAnswers(): Promise<boolean> {
  try {
    return (await fetch('/health/live', { cache: 'no-store' })).ok;
  } catch (thrown) {
    if (thrown instanceof TypeError) return false;
    throw thrown;
  }
}
