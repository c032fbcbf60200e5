/** Texts one of which every match holds: a pattern is tried only where the index has found such a text. */
import { fold } from '../fold.ts';
import type { Token } from '../pattern.ts';
import type { RegexNode } from '../regex-syntax.ts';

/** Folded texts, to be found anywhere in the folded text; null when there is nothing to go by. */
export type Gate = readonly string[] | null;

const maxTexts = 24;

/** The longest text between wildcards. */
export function gateOfTokens(tokens: readonly Token[]): Gate {
  let longest = '';
  for (const token of tokens) {
    // Half a surrogate pair folds differently when the event has the other half beside it.
    if (token.kind === 'text' && token.text.length > longest.length && token.text.isWellFormed()) {
      longest = token.text;
    }
  }
  return longest === '' ? null : [fold(longest)];
}

/**
 * Of the runs of plain characters that a match can not do without, the best. ASCII alone: for it, `fold`
 * and the engine's `i` agree on every character there is.
 */
export function gateOfRegex(node: RegexNode): Gate {
  const gate = best(node);
  return gate === null ? null : [...new Set(gate)];
}

function best(node: RegexNode): Gate {
  switch (node.kind) {
    case 'set': {
      const character = plainCharacter(node.source);
      return character === null ? null : [character];
    }
    case 'sequence':
      return bestOfSequence(node.items);
    case 'choice':
      return bestOfChoice(node.items);
    case 'repeat':
      return node.min > 0 ? best(node.item) : null;
    case 'start':
    case 'end':
    case 'boundary':
      break;
  }
  return null;
}

function bestOfSequence(items: readonly RegexNode[]): Gate {
  let found: Gate = null;
  let run = '';
  for (const item of items.flatMap(flat)) {
    const character = item.kind === 'set' ? plainCharacter(item.source) : null;
    run = character === null ? '' : run + character;
    found = better(found, character === null ? best(item) : [run]);
  }
  return found;
}

/** The items one after the other, those of plain groups among them, and the repeats that have to be there. */
function flat(node: RegexNode): readonly RegexNode[] {
  return node.kind === 'sequence' ? node.items.flatMap(flat) : [node];
}

function bestOfChoice(items: readonly RegexNode[]): Gate {
  const texts: string[] = [];
  for (const item of items) {
    const gate = best(item);
    if (gate === null) return null;
    texts.push(...gate);
  }
  return texts.length > maxTexts ? null : texts;
}

function better(a: Gate, b: Gate): Gate {
  if (a === null || b === null) return a ?? b;
  return shortest(b) > shortest(a) ? b : a;
}

function shortest(gate: readonly string[]): number {
  return gate.reduce((least, text) => Math.min(least, text.length), Number.POSITIVE_INFINITY);
}

/** The folded character that a set stands for: `a`, `\.`, `[Aa]`, but not `\d`. */
function plainCharacter(source: string): string | null {
  const single = /^\\?([\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e])$|^([A-Za-z0-9])$/.exec(source);
  if (single !== null) return (single[1] ?? single[2] ?? '').toLowerCase();
  const pair = /^\[([A-Za-z])([A-Za-z])\]$/.exec(source);
  const [first = '', second = ''] = [pair?.[1]?.toLowerCase(), pair?.[2]?.toLowerCase()];
  return first !== '' && first === second ? first : null;
}
