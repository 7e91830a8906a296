import { Failure } from '@fairlead/sdk';
import { readFile } from 'node:fs/promises';
import { ask } from './ask.ts';
import type { TokenRequest } from './credentials.ts';
import { asObject, jsonObject, type JsonObject, text } from './json-object.ts';
import { type Refusal, refusalFailure } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';

/** What another provider says of us, for Google to believe. */
export interface SubjectToken {
  readonly value: string;
  /** Its type, when the one who made it says so. */
  readonly type?: string;
  /** Parts of it that must not come back in messages. */
  readonly secrets: readonly string[];
}

/** Where such tokens come from. Its settings were checked; the token is new each time. */
export type SubjectSource = (
  around: Surroundings,
) => (request: TokenRequest) => Promise<SubjectToken>;

/** A file that somebody keeps new, as Kubernetes does. It is read again each time. */
export function fileSubject(source: JsonObject, where: string): SubjectSource {
  const path = text(source['file']) ?? '';
  const token = formatOf(source, where);
  return () =>
    async ({ signal }) => {
      try {
        return token(await readFile(path, { encoding: 'utf8', signal }), path);
      } catch (error) {
        signal.throwIfAborted();
        if (error instanceof Failure) throw error;
        const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
        throw new Failure('config', `the file of the subject token cannot be read${code}`, {
          where: path,
          hint: 'Check credential_source.file, and that the file is there where this runs.',
          cause: error,
        });
      }
    };
}

/** A server on this machine or beside it that gives a new token each time. */
export function urlSubject(source: JsonObject, where: string): SubjectSource {
  const url = text(source['url']) ?? '';
  const token = formatOf(source, where);
  const headers = textsOf(asObject(source['headers']) ?? {}, where);
  return (around) =>
    async ({ signal, attempts }) => {
      const secrets = Object.values(headers);
      const question = { url, method: 'GET', headers, secrets, mayBePlain: true } as const;
      const answer = await ask({ ...question, refused, signal, attempts }, around);
      return token(answer.text, answer.where);
    };
}

function refused(refusal: Refusal): Failure {
  const hint = 'Check credential_source.url and its headers.';
  return refusalFailure('access', 'no subject token is given', refusal, hint);
}

/** Reads a token that is the whole text, or a member of an object. */
function formatOf(source: JsonObject, where: string) {
  const format = asObject(source['format']) ?? {};
  const type = format['type'] ?? 'text';
  const member = text(format['subject_token_field_name']);
  if (type !== 'text' && type !== 'json') {
    throw new Failure('config', 'credential_source.format.type must be text or json', { where });
  }
  if (type === 'json' && member === undefined) {
    const message = 'credential_source.format.subject_token_field_name is missing';
    throw new Failure('config', message, { where });
  }
  return (content: string, from: string): SubjectToken => {
    const value = type === 'text' ? content.trim() : text(jsonObject(content)?.[member ?? '']);
    if (value !== undefined && value !== '') return { value, secrets: [] };
    const message = type === 'text' ? 'it is empty' : 'the member with the token is not in it';
    throw new Failure('config', message, { where: from, hint: 'Check credential_source.' });
  };
}

function textsOf(headers: JsonObject, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => {
      if (typeof value === 'string') return [name, value];
      const message = 'credential_source.headers must be texts';
      throw new Failure('config', message, { where });
    }),
  );
}
