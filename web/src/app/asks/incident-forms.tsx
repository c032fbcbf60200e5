/** Another title for an incident; other alerts and incidents taken into it. */
import { useState } from 'react';
import { client, orpc, queryClient } from '../../lib/api.ts';
import { endAsk } from '../../lib/asks.ts';
import { refresh, refreshCounts } from '../../lib/cache.ts';
import { explain, isConflict } from '../../lib/errors.ts';
import { kindOfKey } from '../../lib/subject.ts';
import { showToast } from '../../lib/toasts.ts';
import type { IncidentDetail } from '../../lib/types.ts';
import { Field, Form } from './form.tsx';

interface Props {
  readonly incident: IncidentDetail;
}

export function RenameForm({ incident }: Props) {
  const [title, setTitle] = useState(incident.title);
  const { busy, failed, run } = useIncidentChange(incident);
  return (
    <Form
      submit="Rename"
      disabled={title.trim() === '' || title.trim() === incident.title}
      busy={busy}
      failed={failed}
      onSubmit={() =>
        void run((on) => client.incidents.rename({ ...on, title: title.trim() }), `Renamed ${incident.key}`)
      }
    >
      <Field name="Title" hint="the service no longer changes it">
        {(id) => (
          <input
            id={id}
            className="field"
            data-autofocus
            maxLength={300}
            value={title}
            onChange={(event) => setTitle(event.target.value)}
          />
        )}
      </Field>
    </Form>
  );
}

export function MergeForm({ incident }: Props) {
  const [text, setText] = useState('');
  const { busy, failed, run } = useIncidentChange(incident);
  const keys = [...new Set(text.toUpperCase().match(/\b(?:ALR|INC)-\d+\b/g) ?? [])].filter(
    (key) => key !== incident.key,
  );
  const incidents = keys.filter((key) => kindOfKey(key) === 'incident');
  const alerts = keys.filter((key) => kindOfKey(key) === 'alert');
  return (
    <Form
      submit={keys.length === 0 ? 'Merge' : `Take in ${keys.length === 1 ? keys[0] : `${keys.length}`}`}
      disabled={keys.length === 0}
      busy={busy}
      failed={failed}
      onSubmit={() =>
        void run(
          async (on) => {
            const ids = await idsOf(alerts, incidents);
            return client.incidents.merge({ ...on, ...ids });
          },
          `Took ${keys.join(', ')} into ${incident.key}`,
        )
      }
    >
      <Field name="Alerts and incidents" hint="by key, like ALR-12 INC-3">
        {(id) => (
          <input
            id={id}
            className="field mono"
            data-autofocus
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <p className="dim">
        Their alerts become part of {incident.key}. An incident that is left without alerts ends.
      </p>
    </Form>
  );
}

async function idsOf(alerts: readonly string[], incidents: readonly string[]) {
  const [alertIds, incidentIds] = await Promise.all([
    Promise.all(alerts.map(async (key) => (await client.alerts.get({ id: key })).id)),
    Promise.all(incidents.map(async (key) => (await client.incidents.get({ id: key })).id)),
  ]);
  return { alerts: alertIds, incidents: incidentIds };
}

function useIncidentChange(incident: IncidentDetail) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<string | null>(null);
  const run = async (
    change: (on: { readonly id: string; readonly version: number }) => Promise<{ readonly id: string }>,
    done: string,
  ) => {
    setBusy(true);
    try {
      await change({ id: incident.id, version: incident.version });
      endAsk();
      showToast(done);
      await Promise.all([refresh([incident.id]), refreshCounts()]);
    } catch (error) {
      const fresher = isConflict(error)
        ? ' It was changed meanwhile: what you see is renewed, try again.'
        : '';
      if (isConflict(error)) void queryClient.invalidateQueries({ queryKey: orpc.incidents.get.key() });
      setFailed(`Nothing was changed.${fresher} ${explain(error)}`);
      setBusy(false);
    }
  };
  return { busy, failed, run };
}
