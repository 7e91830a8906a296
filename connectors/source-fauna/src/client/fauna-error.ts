import { decodeValue, JsonSyntaxError } from '@fairlead/json';

/** A part of a document that the server did not take. */
export interface FieldFailure {
  readonly field: readonly string[];
  readonly code: string;
  readonly description: string;
}

/** What a server said in place of a result. */
export interface FaunaErrorFacts {
  readonly status: number;
  /** The server's word for what went wrong: `permission denied`; FQL v10 writes it `permission_denied`. Empty when what answered is not Fauna. */
  readonly code: string;
  /** The server's sentence in one line; of another server, what its answer is. */
  readonly description: string;
  /** Where in the query: names and numbers from its root. Empty where the server does not say. */
  readonly position?: readonly (string | number)[];
  readonly failures?: readonly FieldFailure[];
  /** How long the server asked us to wait. */
  readonly retryAfterMs?: number | undefined;
}

/** An answer that is no result. */
export class FaunaError extends Error {
  readonly status: number;
  readonly code: string;
  readonly description: string;
  readonly position: readonly (string | number)[];
  readonly failures: readonly FieldFailure[];
  readonly retryAfterMs: number | undefined;

  constructor(facts: FaunaErrorFacts) {
    const { status, code, description } = facts;
    super(`${status} ${code === '' ? 'of no Fauna server' : code}: ${description}`);
    this.name = 'FaunaError';
    this.status = status;
    this.code = code;
    this.description = description;
    this.position = facts.position ?? [];
    this.failures = facts.failures ?? [];
    this.retryAfterMs = facts.retryAfterMs;
  }

  /** Whether this is Fauna's `code`, written in the way of either language. */
  is(code: string): boolean {
    return this.code.replaceAll('_', ' ') === code;
  }

  /** Whether what answered is not Fauna, as far as one can see. */
  get isForeign(): boolean {
    return this.code === '';
  }
}

/**
 * What an answer with an error's status says: that of FQL v4, `{"errors":[…]}`, of which the one counts that its status
 * comes from, or that of v10, `{"error":{…}}`. Undefined when it is of neither form.
 */
export function readFaunaError(
  status: number,
  body: Uint8Array,
  retryAfterMs?: number,
): FaunaError | undefined {
  const answer = parsed(body);
  if (!isRecord(answer)) return undefined;
  const { errors, error } = answer;
  const told = Array.isArray(errors) ? errors.filter(isRecord) : isRecord(error) ? [error] : [];
  const facts = told.map((one) => factsOf(one, status, retryAfterMs));
  const main = facts.find(({ code }) => statusOf(code) === status) ?? facts[0];
  return main === undefined || main.code === '' ? undefined : new FaunaError(main);
}

/** The largest answer that is looked into for an error. */
const mostErrorBytes = 1024 * 1024;

function parsed(body: Uint8Array): unknown {
  if (body.length > mostErrorBytes) return undefined;
  try {
    return decodeValue(body);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

function factsOf(
  error: Readonly<Record<string, unknown>>,
  status: number,
  retryAfterMs: number | undefined,
): FaunaErrorFacts {
  const { position, code, failures } = error;
  const isStep = (step: unknown) => typeof step === 'string' || typeof step === 'number';
  return {
    status,
    code: textOf(code),
    description: oneLine(textOf(error['description'] ?? error['message'])),
    position: Array.isArray(position) ? position.filter(isStep) : [],
    failures: Array.isArray(failures) ? failures.filter(isRecord).map(fieldFailure) : [],
    retryAfterMs,
  };
}

function fieldFailure(failure: Readonly<Record<string, unknown>>): FieldFailure {
  const { field, code, description } = failure;
  return {
    field: Array.isArray(field) ? field.map(textOf) : [],
    code: textOf(code),
    description: oneLine(textOf(description)),
  };
}

/** Of a query with several errors the status is that of the most important one. */
function statusOf(code: string): number {
  if (code === 'permission denied') return 403;
  return code === 'instance not found' || code === 'value not found' ? 404 : 400;
}

/** Without the advice to write to a support that is no more, and not too long. */
function oneLine(text: string): string {
  const line = text
    .replace(/\s*Please (?:create a ticket|upgrade your plan)\b.*$/s, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return line.length > 400 ? `${line.slice(0, 400)}…` : line;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
