/** What a rule may do, and changing it with the way back. */
import { useQueryClient } from '@tanstack/react-query';
import { client, orpc } from '../../lib/api.ts';
import { explain, isConflict } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import type { RuleSummary } from '../../lib/types.ts';

export const ruleStates = ['alert', 'observe', 'off'] as const;
export const ruleStateNames = { alert: 'Alert', observe: 'Observe', off: 'Off' } as const;

export type SwitchRule = (rule: RuleSummary, state: RuleSummary['state']) => Promise<void>;

export function useRuleState(): SwitchRule {
  const queries = useQueryClient();
  return async function set(rule, state) {
    try {
      const changed = await client.rules.setState({ id: rule.id, version: rule.version, state });
      // The next change is made on this version, whether or not the page has read it again.
      queries.setQueryData(
        orpc.rules.get.queryKey({ input: { id: rule.id } }),
        (old) => old && { ...old, ...changed },
      );
      showToast(`${ruleStateNames[state]}: ${rule.title}`, {
        undo: () => void set(changed, rule.state),
      });
    } catch (error) {
      const why = isConflict(error)
        ? 'Somebody changed it meanwhile; this is what it is now.'
        : explain(error);
      showToast(`The state of ${rule.title} could not be changed. ${why}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.rules.key() });
  };
}
