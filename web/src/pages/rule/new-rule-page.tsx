/** A rule that is not there yet: from a template, tried as it is written, off until somebody says otherwise. */
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { Page } from '../../app/page.tsx';
import { useCanManageRules, useMe } from '../../app/session.tsx';
import { useKeys } from '../../app/use-keys.ts';
import { type Tab, Tabs } from '../../components/tabs.tsx';
import { client, orpc } from '../../lib/api.ts';
import { explain } from '../../lib/errors.ts';
import { showToast } from '../../lib/toasts.ts';
import { newUuid } from '../../lib/uuid.ts';
import { EditorFrame } from './editor-frame.tsx';
import styles from './rule.module.css';
import { type TemplateName, templateNames, templateOf } from './templates.ts';
import { noTrial, type Trial, TryPanel } from './try-panel.tsx';
import { useDraft } from './use-draft.ts';

export function NewRulePage() {
  const { template } = useSearch({ from: '/in/new-rule' });
  const name = (Object.keys(templateNames) as TemplateName[]).find((one) => one === template) ?? 'detection';
  const navigate = useNavigate();
  const canManage = useCanManageRules();
  const leave = () => void navigate({ to: '/rules' });
  useKeys(1, { Escape: leave });
  return (
    <Page
      title="New rule"
      heading={
        <>
          <Link to="/rules" className={styles.back}>
            Rules
          </Link>
          <span aria-hidden>/</span>
          <span className="cut">New rule</span>
        </>
      }
      tools={
        <select
          className={`field ${styles.template}`}
          aria-label="Template"
          value={name}
          onChange={(event) =>
            void navigate({ to: '/new-rule', search: { template: event.target.value }, replace: true })
          }
        >
          {Object.entries(templateNames).map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      }
    >
      {canManage ? (
        <Body key={name} template={name} onLeave={leave} />
      ) : (
        <p className={styles.notice}>Rules are written by engineers; you may read them.</p>
      )}
    </Page>
  );
}

function Body({ template, onLeave }: { readonly template: TemplateName; readonly onLeave: () => void }) {
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [begun] = useState(() =>
    templateOf(template, newUuid(), me.name, new Date().toISOString().slice(0, 10)),
  );
  const draft = useDraft(`new.${template}`, begun, '');
  const [message, setMessage] = useState('');
  const [trial, setTrial] = useState<Trial>(noTrial);
  const [shown, setShown] = useState<{ readonly line: number } | null>(null);
  const save = async () => {
    try {
      const { id, title } = await client.rules.create({ source: draft.text, message, state: 'off' });
      draft.saved();
      void queries.invalidateQueries({ queryKey: orpc.rules.key() });
      // Said when its page is there: what is typed then is meant for that page, and not for this text.
      await navigate({ to: '/rules/$id', params: { id }, search: { tab: 'backtest' } });
      showToast(`Made, and off: ${title}`);
    } catch (error) {
      showToast(`It was not made; your text is here. ${explain(error)}`, { failed: true });
    }
  };
  const tabs: readonly Tab<'try'>[] = [
    {
      key: 'try',
      name: 'Try it',
      body: () => (
        <TryPanel
          id={null}
          source={draft.text}
          trial={trial}
          onTrial={setTrial}
          onLine={(line) => setShown({ line })}
          canKeep={false}
        />
      ),
    },
  ];
  return (
    <div className={styles.rule} data-editing>
      <EditorFrame
        id={null}
        draft={draft}
        shown={shown}
        saveName="Make it"
        message={message}
        onMessage={setMessage}
        onSave={save}
        onDone={onLeave}
        note="It begins off. Backtest it then, and let it observe or alert."
      />
      <div className={styles.rail}>
        <Tabs label="Beside the text" tabs={tabs} active="try" onChange={() => undefined} />
      </div>
    </div>
  );
}
