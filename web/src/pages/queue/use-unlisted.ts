/** What is in the drawer and not in the list: opened by its address before the rows came, or hidden by the filter. */
import { useQuery } from '@tanstack/react-query';
import { orpc } from '../../lib/api.ts';
import { alertSubject, incidentSubject, kindOfKey, type Subject } from '../../lib/subject.ts';

/** Keys act on what is seen. `key`: null when the list has it; what the drawer has read of it is not read again. */
export function useUnlisted(key: string | null): Subject | null {
  const isIncident = key !== null && kindOfKey(key) === 'incident';
  const input = { id: key ?? '' };
  const alert = useQuery(orpc.alerts.get.queryOptions({ input, enabled: key !== null && !isIncident }));
  const incident = useQuery(orpc.incidents.get.queryOptions({ input, enabled: isIncident }));
  if (key === null) return null;
  if (isIncident) return incident.data === undefined ? null : incidentSubject(incident.data);
  return alert.data === undefined ? null : alertSubject(alert.data);
}
