/** The encoding modifiers: base64, base64offset, utf16le (wide), utf16be, utf16. */
import { RuleFault } from './fault.ts';
import { dashes, type Token } from './pattern.ts';

export type Encoding = 'base64' | 'base64offset' | 'utf16le' | 'utf16be' | 'utf16' | 'wide';

/** A pattern on its way through the chain. `bytes`: each character of its texts stands for one byte. */
export interface Encoded {
  readonly tokens: readonly Token[];
  readonly bytes: boolean;
}

const maxPermutations = 3_125;

/** One step of the chain; `base64offset` and dashes make several patterns of one. */
export function encode(encoding: Encoding, value: Encoded, line: number): readonly Encoded[] {
  return withoutDashes(value.tokens, line).flatMap((tokens): readonly Encoded[] => {
    if (encoding === 'base64') return [asText(base64(plainBytes(tokens, value.bytes, encoding, line)))];
    if (encoding === 'base64offset') {
      return base64Offsets(plainBytes(tokens, value.bytes, encoding, line), line).map(asText);
    }
    return [{ tokens: utf16(tokens, encoding, line), bytes: true }];
  });
}

function asText(text: string): Encoded {
  return { tokens: [{ kind: 'text', text }], bytes: false };
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}

/**
 * The part of the encoded text that does not depend on the neighbours, for a value that begins 0, 1
 * or 2 bytes into a group of three: 1 leading byte touches 2 characters, 2 touch 3; at the end, 1
 * byte over a group leaves 1 whole character, 2 leave 2.
 */
function base64Offsets(bytes: Buffer, line: number): readonly string[] {
  return [0, 1, 2].map((lead) => {
    const padded = Buffer.concat([Buffer.alloc(lead), bytes]);
    const start = [0, 2, 3][lead] ?? 0;
    const cut = [0, 3, 2][padded.length % 3] ?? 0;
    const text = base64(padded);
    const stable = text.slice(start, text.length - cut);
    if (stable === '')
      throw new RuleFault(line, 'the value is too short for base64offset: it would match everything');
    return stable;
  });
}

function plainBytes(tokens: readonly Token[], bytes: boolean, encoding: Encoding, line: number): Buffer {
  const text = tokens
    .map((token) => {
      if (token.kind === 'text') return token.text;
      throw new RuleFault(
        line,
        `${encoding} needs a value without wildcards (contains, startswith and endswith stand after it)`,
      );
    })
    .join('');
  if (text === '') throw new RuleFault(line, `${encoding} needs a value that is not empty`);
  return Buffer.from(text, bytes ? 'latin1' : 'utf8');
}

function utf16(tokens: readonly Token[], encoding: Encoding, line: number): readonly Token[] {
  if (encoding === 'utf16') {
    if (tokens.some((token) => token.kind !== 'text')) {
      throw new RuleFault(
        line,
        'utf16 puts a byte order mark before the value, which can not have wildcards then',
      );
    }
    const text = tokens.map((token) => (token.kind === 'text' ? token.text : '')).join('');
    return [{ kind: 'text', text: `\u00ff\u00fe${utf16Text(text, false)}` }];
  }
  return tokens.map((token) =>
    token.kind === 'text' ? { kind: 'text', text: utf16Text(token.text, encoding === 'utf16be') } : token,
  );
}

function utf16Text(text: string, bigEndian: boolean): string {
  const bytes = Buffer.from(text, 'utf16le');
  return (bigEndian ? bytes.swap16() : bytes).toString('latin1');
}

/** An encoded dash is several bytes, so the five choices become patterns of their own. */
function withoutDashes(tokens: readonly Token[], line: number): readonly (readonly Token[])[] {
  let patterns: readonly (readonly Token[])[] = [[]];
  for (const token of tokens) {
    const choices: readonly Token[] =
      token.kind === 'dash' ? dashes.map((dash) => ({ kind: 'text', text: dash })) : [token];
    patterns = patterns.flatMap((pattern) => choices.map((choice) => [...pattern, choice]));
    if (patterns.length > maxPermutations)
      throw new RuleFault(line, 'windash makes too many permutations to encode');
  }
  return patterns.map(joinTexts);
}

function joinTexts(tokens: readonly Token[]): readonly Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const last = joined.at(-1);
    if (token.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = { kind: 'text', text: last.text + token.text };
    } else {
      joined.push(token);
    }
  }
  return joined;
}
