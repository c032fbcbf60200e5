/** A YAML document for reading: coloured, with numbers of lines, its hidden characters visible. */
import { memo } from 'react';
import { visible } from '../lib/visible.ts';
import { yamlTokens } from '../lib/yaml-tokens.ts';
import valueStyles from './value.module.css';
import styles from './yaml.module.css';

export const Yaml = memo(function Yaml({
  source,
  label,
}: {
  readonly source: string;
  readonly label: string;
}) {
  return (
    <pre className={styles.yaml} tabIndex={0} role="region" aria-label={label}>
      <code>
        {yamlTokens(source.replace(/\n$/, '')).map((tokens, at) => (
          <span key={`${at}`} className={styles.line}>
            <i aria-hidden className="num">
              {at + 1}
            </i>
            <bdi>
              {tokens.map((token, i) => (
                <span key={`${i}`} data-kind={token.kind}>
                  {visible(token.text).map((part, j) =>
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
