import { Decimal, isDecimalLiteral, survivesDouble } from './decimal.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { elements, expectNothing, members } from './members.ts';
import {
  ascii,
  byteAt,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  stringText,
  unexpected,
  valueEnd,
} from './tokens.ts';
