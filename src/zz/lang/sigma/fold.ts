/** Case folding: what "case-insensitive" means for every string that Sigma compares. */

/** Characters whose upper case would fold them into ASCII `i`, which Unicode's simple folding does not do. */
const keepsItself = new Set(['\u0130', '\u0131']);

/**
 * Unicode simple case folding (CaseFolding.txt, status C and S), character by character, so that the
 * length in characters stays: `K` (Kelvin sign) is `k`, `ς` is `σ`, `ſ` is `s`, `ß` is not `ss`.
 * The result is for comparison only; which member of a class stands for it is not defined.
 */
export function fold(text: string): string {
  return isAscii(text) ? text.toLowerCase() : text.replace(/\p{ASCII}+|[^]/gu, foldRun);
}

/** Most of a text that is not ASCII is ASCII all the same. */
function foldRun(run: string): string {
  return run.charCodeAt(0) <= 0x7f ? run.toLowerCase() : foldCharacter(run);
}

function foldCharacter(character: string): string {
  if (keepsItself.has(character)) return character;
  const upper = character.toUpperCase();
  // Multi-character results belong to full folding, which changes lengths and is not used here.
  const lower = (isOneCharacter(upper) ? upper : character).toLowerCase();
  return isOneCharacter(lower) ? lower : character;
}

function isOneCharacter(text: string): boolean {
  const first = text.codePointAt(0);
  return first !== undefined && text.length === (first > 0xffff ? 2 : 1);
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
}
