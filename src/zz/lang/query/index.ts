/** The language of event searches: text → tree → evaluator. Pure; described in docs/guides/search.md. */
export {
  type Comparison,
  group,
  type IsNode,
  isNetwork,
  type Network,
  type Pattern,
  type QueryNode,
  type Span,
} from './ast.ts';
export { type ColumnName, type FieldTarget, queryColumns, targetOf } from './fields.ts';
export { fieldValues, type QueryEvent, type QueryTest, queryTest } from './match.ts';
export { parseQuery, readQuery } from './parse.ts';
export { addCondition, printQuery, quoteField } from './print.ts';
export { formsOfParts, lowerAscii, writtenForms } from './raw-text.ts';
export type { QueryFault, QueryToken } from './scan.ts';
