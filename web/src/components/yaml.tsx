/** A YAML document for reading: coloured, with numbers of lines, its hidden characters visible. */
import { memo, useEffect, useRef } from 'react';
import { exact } from '../lib/visible.ts';
import { yamlTokens } from '../lib/yaml-tokens.ts';
import valueStyles from './value.module.css';
import styles from './yaml.module.css';

interface Props {
  readonly source: string;
  readonly label: string;
  /** A line to show, asked for anew with each object. */
  readonly line?: { readonly line: number } | null;
}

export const Yaml = memo(function Yaml({ source, label, line = null }: Props) {
  const whole = useRef<HTMLPreElement>(null);
  useEffect(() => {
    if (line === null) return;
    const shown = whole.current?.querySelector(`[data-line="${line.line}"]`);
    shown?.scrollIntoView({ block: 'center' });
  }, [line]);
  return (
    <pre ref={whole} className={styles.yaml} tabIndex={0} role="region" aria-label={label}>
      <code>
        {yamlTokens(source.replace(/\n$/, '')).map((tokens, at) => (
          <span
            key={`${at}`}
            className={styles.line}
            data-line={at + 1}
            data-shown={line?.line === at + 1 || undefined}
          >
            <i aria-hidden className="num">
              {at + 1}
            </i>
            <bdi>
              {tokens.map((token, i) => (
                <span key={`${i}`} data-kind={token.kind}>
                  {exact(token.text).map((part, j) =>
                    part.mark ? (
                      <span key={`${j}`} className={valueStyles.mark}>
                        {part.text}
                      </span>
                    ) : (
                      part.text
                    ),
                  )}
                </span>
              ))}
            </bdi>
            {'\n'}
          </span>
        ))}
      </code>
    </pre>
  );
});
