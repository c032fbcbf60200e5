/** The editor in the colours of the console, both themes: only tokens. */
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const surface = EditorView.theme({
  '&': { height: '100%', backgroundColor: 'var(--bg0)', color: 'var(--fg)', fontSize: '12px' },
  '&.cm-focused': { outline: '2px solid var(--ac)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', fontVariantLigatures: 'none', lineHeight: '1.6' },
  '.cm-content': { padding: '10px 0', caretColor: 'var(--fg)' },
  '.cm-cursor': { borderLeftColor: 'var(--fg)', borderLeftWidth: '2px' },
  '.cm-gutters': { backgroundColor: 'var(--bg0)', color: 'var(--fg3)', border: 'none' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--bg2)', color: 'var(--fg)' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--bg2) 55%, transparent)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--bg2)', color: 'var(--fg2)', borderColor: 'var(--line2)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--ac-soft)',
  },
  '.cm-selectionMatch, .cm-searchMatch': { backgroundColor: 'var(--bg3)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--bg3)', outline: '1px solid var(--line2)' },
  '.cm-specialChar': { color: 'var(--crit)' },
  '.cm-tooltip': {
    border: '1px solid var(--line2)',
    borderRadius: 'var(--r)',
    backgroundColor: 'var(--bg1)',
    color: 'var(--fg)',
    boxShadow: '0 6px 18px var(--shade)',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': {
    fontFamily: 'var(--mono)',
    fontSize: '12px',
    maxHeight: '15em',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 8px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--ac-soft)', color: 'var(--fg)' },
  '.cm-completionDetail': {
    color: 'var(--fg2)',
    fontStyle: 'normal',
    fontFamily: 'var(--sans)',
    marginLeft: '10px',
  },
  '.cm-completionMatchedText': { color: 'var(--ac)', textDecoration: 'none', fontWeight: '600' },
  '.cm-diagnostic': { padding: '5px 9px', fontFamily: 'var(--sans)', fontSize: '12.5px', maxWidth: '460px' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--crit)' },
  '.cm-diagnostic-warning': { borderLeft: '3px solid var(--med)' },
  '.cm-diagnostic-info': { borderLeft: '3px solid var(--low)' },
  '.cm-lintRange-error': { backgroundImage: 'none', borderBottom: '2px solid var(--crit)' },
  '.cm-lintRange-warning': { backgroundImage: 'none', borderBottom: '2px solid var(--med)' },
  '.cm-lintRange-info': { backgroundImage: 'none', borderBottom: '2px dotted var(--low)' },
  '.cm-panels': { backgroundColor: 'var(--bg1)', color: 'var(--fg)', borderColor: 'var(--line)' },
  '.cm-panels input, .cm-panels button': {
    backgroundColor: 'var(--bg0)',
    backgroundImage: 'none',
    color: 'var(--fg)',
    border: '1px solid var(--ctl)',
  },
  '.cm-shown-line': { backgroundColor: 'var(--ac-soft)' },
});

const words = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--low)' },
  { tag: [tags.separator, tags.punctuation, tags.meta, tags.squareBracket, tags.brace], color: 'var(--fg3)' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--med)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--fg3)', fontStyle: 'italic' },
]);

export const look: Extension = [surface, syntaxHighlighting(words)];
