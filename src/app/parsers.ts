/** The parsers that this program is built with. */
export { parsers } from '../plugins/parsers/index.generated.ts';
