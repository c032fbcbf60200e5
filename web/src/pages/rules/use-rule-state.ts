/** Turning a rule off and on, with the way back. */
import { useQueryClient } from '@tanstack/react-query';
import { client, orpc } from '../../lib/api.ts';
import { explain, isConflict } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import type { RuleSummary } from '../../lib/types.ts';

export type SwitchRule = (rule: RuleSummary, state: RuleSummary['state']) => Promise<void>;

export function useRuleState(): SwitchRule {
  const queries = useQueryClient();
  return async function set(rule, state) {
    try {
      const changed = await client.rules.setState({ id: rule.id, version: rule.version, state });
      showToast(`Turned ${state === 'off' ? 'off' : 'on'}: ${rule.title}`, {
        undo: () => void set(changed, rule.state),
      });
    } catch (error) {
      const why = isConflict(error)
        ? 'Somebody changed it meanwhile; this is what it is now.'
        : explain(error);
      showToast(`Could not turn ${state === 'off' ? 'off' : 'on'}: ${rule.title}. ${why}`, { failed: true });
    }
    await queries.invalidateQueries({ queryKey: orpc.rules.key() });
  };
}
