import type { ErrorCode, YAMLError } from 'yaml';

/** What is wrong with the YAML itself, in words for people. */
export interface YamlProblem {
  readonly message: string;
  readonly hint: string;
  readonly offset: number;
}

/** The problem behind an error or a warning of the parser. */
export function yamlProblem(error: YAMLError, text: string): YamlProblem {
  const [offset] = error.pos;
  const line = lineAround(text, offset);
  if (/[{[][^\n]*\$\{/.test(line) && isStructural(error.code)) {
    const at = text.lastIndexOf('\n', offset - 1) + 1 + line.indexOf('${');
    return {
      message: 'a variable within brackets needs quotes',
      hint: 'Write "${env:NAME}" there, in double quotes.',
      offset: at,
    };
  }
  const known = problems[error.code];
  const plain = error.message.charAt(0).toLowerCase() + error.message.slice(1);
  return { message: known?.[0] ?? plain, hint: known?.[1] ?? generalHint, offset };
}

const generalHint = 'Check indentation, quotes and brackets there.';

const problems: Partial<Record<ErrorCode, readonly [message: string, hint: string]>> = {
  BAD_ALIAS: ['"*" begins an alias in YAML', 'For a pattern put it in quotes: "*".'],
  BAD_DQ_ESCAPE: [
    'this escape does not exist in double quotes',
    'Use single quotes for text with backslashes.',
  ],
  BAD_INDENT: [
    'this does not line up with what it belongs to',
    'Give all keys of one group the same number of spaces before them, and close brackets.',
  ],
  BAD_SCALAR_START: [
    'plain text cannot begin with this character in YAML',
    'Put the text in quotes.',
  ],
  BLOCK_AS_IMPLICIT_KEY: [
    'a second ": " or a list begins within a value',
    'Put text with ": " in quotes, and begin groups and lists on a line of their own.',
  ],
  DUPLICATE_KEY: ['this key stands here twice', 'Keep one of them.'],
  MISSING_CHAR: ['a quote, a bracket or a colon is missing', 'Put it in before this place.'],
  MULTIPLE_DOCS: ['a second document begins here', 'Keep one pipeline in a file.'],
  TAB_AS_INDENT: ['a tab stands where spaces belong', 'Use spaces before keys.'],
  TAG_RESOLVE_FAILED: ['tags have no meaning here', 'Put text that begins with "!" in quotes.'],
  UNEXPECTED_TOKEN: ['this does not belong here', generalHint],
};

function isStructural(code: ErrorCode): boolean {
  return code === 'UNEXPECTED_TOKEN' || code === 'BAD_INDENT' || code === 'MISSING_CHAR';
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end < 0 ? undefined : end);
}
