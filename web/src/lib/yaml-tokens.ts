/** YAML as rules use it, cut into what is coloured. For reading only: it colours, it does not judge. */

export interface YamlToken {
  readonly text: string;
  readonly kind: 'key' | 'sign' | 'text' | 'number' | 'word' | 'comment' | 'plain';
}

const words = /^(?:true|false|null|yes|no|~)$/i;
const number = /^[-+]?(?:\d[\d_]*(?:\.\d+)?|0x[\da-f]+)$/i;
/** Indent, dashes of a list, a key with its colon, and what is left. */
const line =
  /^(\s*)((?:-\s+|-$)*)(?:((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#'"{[&*!|>%@][^#]*?))(\s*:)(?=\s|$))?(.*)$/;

/** Tokens of each line; their texts joined are the line. */
export function yamlTokens(source: string): readonly (readonly YamlToken[])[] {
  /** Indent of the key that a block scalar belongs to; null outside of one. */
  let block: number | null = null;
  return source.split('\n').map((text) => {
    const indent = /^\s*/.exec(text)?.[0].length ?? 0;
    if (block !== null && (text.trim() === '' || indent > block)) return [{ text, kind: 'text' }];
    block = null;
    const tokens = lineTokens(text);
    if (/(?:^|[\s:-])[|>][-+\d]{0,2}\s*(?:#.*)?$/.test(text) && tokens.at(-1)?.kind !== 'comment')
      block = indent;
    return tokens;
  });
}

function lineTokens(text: string): readonly YamlToken[] {
  if (/^\s*#/.test(text)) return [{ text, kind: 'comment' }];
  const [, indent = '', dashes = '', key, colon = '', rest = ''] = line.exec(text) ?? [];
  const tokens: YamlToken[] = [
    { text: indent, kind: 'plain' },
    { text: dashes, kind: 'sign' },
    ...(key === undefined
      ? []
      : ([
          { text: key, kind: 'key' },
          { text: colon, kind: 'sign' },
        ] as const)),
    ...valueTokens(rest),
  ];
  return tokens.filter((token) => token.text !== '');
}

function valueTokens(rest: string): readonly YamlToken[] {
  const quoted = /^(\s*)("(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?)(.*)$/.exec(rest);
  if (quoted !== null) {
    const [, blank = '', value = '', after = ''] = quoted;
    return [{ text: blank, kind: 'plain' }, { text: value, kind: 'text' }, ...afterValue(after)];
  }
  const comment = /\s#.*$/.exec(rest);
  const value = comment === null ? rest : rest.slice(0, comment.index);
  const bare = value.trim();
  const kind = /^[|>][-+\d]{0,2}$/.test(bare)
    ? 'sign'
    : words.test(bare)
      ? 'word'
      : number.test(bare)
        ? 'number'
        : 'text';
  return [{ text: value, kind }, ...afterValue(comment?.[0] ?? '')];
}

function afterValue(text: string): readonly YamlToken[] {
  return [{ text, kind: text.trimStart().startsWith('#') ? 'comment' : 'plain' }];
}
