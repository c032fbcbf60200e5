/** What files of records can be taken for, for the command line. */
export { type Format, formats } from '../../pipeline/formats/guess.ts';
