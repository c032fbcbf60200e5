/** What a rule may do, with the offer to backtest it before it alerts; never forced. */
import { useNavigate } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import dialog from '../../app/dialog.module.css';
import { Dialog } from '../../app/dialog.tsx';
import { Value } from '../../components/value.tsx';
import type { RuleSummary } from '../../lib/types.ts';
import { type SwitchRule, useRuleState } from './use-rule-state.ts';

export function useRuleSwitch(): { readonly set: SwitchRule; readonly offer: ReactNode } {
  const setState = useRuleState();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<RuleSummary | null>(null);
  const close = () => setAsked(null);
  return {
    async set(rule, state) {
      // A filter has nothing to backtest.
      if (state === 'alert' && rule.state !== 'alert' && rule.kind !== 'filter') setAsked(rule);
      else await setState(rule, state);
    },
    offer: (
      <Dialog opened={asked !== null} onClose={close} title="Let it alert?">
        {asked === null ? null : (
          <>
            <p className={dialog.lead}>
              <b>
                <Value text={asked.title} plain />
              </b>{' '}
              will open alerts. A backtest says how many it would have opened over the last days, and for
              whom.
            </p>
            <div className={dialog.buttons}>
              <button type="button" className="btn" onClick={close}>
                Leave it
              </button>
              <button
                type="button"
                className="btn"
                onClick={() => {
                  close();
                  void setState(asked, 'alert');
                }}
              >
                Alert from now on
              </button>
              <button
                type="button"
                className="btn"
                data-primary
                data-autofocus
                onClick={() => {
                  close();
                  void navigate({
                    to: '/rules/$id',
                    params: { id: asked.id },
                    search: (before) => ({ ...before, tab: 'backtest' }),
                  });
                }}
              >
                Backtest first
              </button>
            </div>
          </>
        )}
      </Dialog>
    ),
  };
}
