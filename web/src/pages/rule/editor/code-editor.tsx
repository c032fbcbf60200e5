/** The text of a rule in an editor: coloured, with what is wrong in its place, and words to pick. A part of its own, loaded when somebody edits. */
import { autocompletion, type CompletionContext, type CompletionResult } from '@codemirror/autocomplete';
import { indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { indentUnit } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Text } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import { useEffect, useRef } from 'react';
import { placeAt } from '../../../lib/rule-place.ts';
import { type KnownWords, suggestionsAt } from '../../../lib/rule-words.ts';
import type { RuleFinding } from '../../../lib/types.ts';
import { look } from './look.ts';

export interface CodeEditorProps {
  readonly value: string;
  readonly findings: readonly RuleFinding[];
  /** Null while the words are not here yet. */
  readonly words: Omit<KnownWords, 'source'> | null;
  /** A line to show, asked for anew with each object. */
  readonly shown: { readonly line: number } | null;
  readonly onChange: (text: string) => void;
  readonly onSave: () => void;
}

export function CodeEditor(props: CodeEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const current = useRef(props);
  useEffect(() => {
    current.current = props;
  });
  useEffect(() => {
    if (host.current === null) return undefined;
    const made = new EditorView({
      parent: host.current,
      state: EditorState.create({ doc: current.current.value, extensions: extensionsOf(current) }),
    });
    view.current = made;
    made.focus();
    return () => made.destroy();
  }, []);
  const { value, findings, shown } = props;
  useEffect(() => {
    const made = view.current;
    if (made === null || made.state.doc.toString() === value) return;
    made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value } });
  }, [value]);
  useEffect(() => {
    const made = view.current;
    if (made === null) return;
    made.dispatch(
      setDiagnostics(
        made.state,
        findings.map((one) => diagnosticOf(made.state.doc, one)),
      ),
    );
  }, [findings]);
  useEffect(() => {
    const made = view.current;
    if (made === null || shown === null) return;
    const line = made.state.doc.line(Math.min(Math.max(shown.line, 1), made.state.doc.lines));
    made.dispatch({
      selection: { anchor: line.from + (/^\s*/.exec(line.text)?.[0].length ?? 0), head: line.to },
      effects: EditorView.scrollIntoView(line.from, { y: 'center' }),
    });
    made.focus();
  }, [shown]);
  return <div ref={host} style={{ height: '100%', minHeight: 0, overflow: 'hidden' }} />;
}

function extensionsOf(current: { readonly current: CodeEditorProps }) {
  return [
    basicSetup,
    keymap.of([
      { key: 'Mod-s', preventDefault: true, run: () => (current.current.onSave(), true) },
      indentWithTab,
    ]),
    yaml(),
    indentUnit.of('  '),
    EditorState.tabSize.of(2),
    EditorView.lineWrapping,
    lintGutter(),
    autocompletion({ override: [(context) => complete(context, current.current.words)], icons: false }),
    EditorView.contentAttributes.of({
      'aria-label': 'Sigma source of the rule',
      'aria-describedby': 'rule-editor-keys',
      spellcheck: 'false',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) current.current.onChange(update.state.doc.toString());
    }),
    // Esc is the editor's own: it closes the list of words, and after it Tab leaves.
    EditorView.domEventObservers({
      keydown: (event) => {
        if (event.key === 'Escape') event.stopPropagation();
      },
    }),
    look,
  ];
}

function complete(context: CompletionContext, words: CodeEditorProps['words']): CompletionResult | null {
  if (words === null) return null;
  const { doc } = context.state;
  const line = doc.lineAt(context.pos);
  const before = Array.from({ length: line.number - 1 }, (_, at) => doc.line(at + 1).text);
  const place = placeAt(before, line.text.slice(0, context.pos - line.from));
  if (place === null || (place.word === '' && !context.explicit && place.what === 'key' && !place.item))
    return null;
  const found = suggestionsAt(place, { ...words, source: doc.toString() });
  if (found === null || found.items.length === 0) return null;
  return {
    from: context.pos - found.replaced,
    options: found.items.map(({ label, detail, text }, at) => ({
      label,
      detail,
      boost: -at,
      ...(text === undefined ? {} : { apply: text }),
    })),
    validFor: /^[\w.@*-]*$/,
  };
}

/** What the service said is about the text of before: places that are gone are brought back into it. */
function diagnosticOf(doc: Text, finding: RuleFinding): Diagnostic {
  const line = doc.line(Math.min(Math.max(finding.line, 1), doc.lines));
  const from = Math.min(line.from + finding.column - 1, line.to);
  const to = Math.min(Math.max(line.from + finding.endColumn - 1, from), line.to);
  return {
    from,
    to,
    severity: finding.severity === 'note' ? 'info' : finding.severity,
    message: finding.hint === null ? finding.message : `${finding.message}\n${finding.hint}`,
  };
}
