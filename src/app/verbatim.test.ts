/** What is said of stored rows, whose parser may be another one today. */
import { describe, expect, it } from 'vitest';
import { isComputed, mayHold } from '../lang/sigma/index.ts';
import { verbatimParsers } from './verbatim.ts';

const of = (name: string) => {
  const found = verbatimParsers.find((one) => one.name === name);
  if (found === undefined) throw new Error(`${name} says nothing`);
  return found;
};

describe('rows by the parser that wrote them', () => {
  it('what only the fallback took is narrowed by no field that another parser computes', () => {
    expect(isComputed('cs-uri-query', of('syslog'))).toBe(true);
    expect(isComputed('cs-uri-query', of('sshd'))).toBe(false);
    expect(isComputed('requestParameters.bucketName', of('syslog'))).toBe(true);
    expect(of('syslog').escapes).toEqual(
      expect.arrayContaining([...of('cef').escapes, ...of('zeek').escapes]),
    );
  });

  it('a keyword is looked for in raw where no computed value can hold it', () => {
    expect(mayHold(of('sshd'), 'Failed password')).toBe(false);
    expect(mayHold(of('sshd'), 'authpriv')).toBe(true);
    expect(mayHold(of('syslog'), 'Failed password')).toBe(true);
  });

  it('a parser that declares nothing is not there', () => {
    expect(verbatimParsers.some(({ name }) => name === 'auditd')).toBe(false);
  });
});
