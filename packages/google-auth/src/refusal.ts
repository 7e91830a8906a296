import { Failure } from '@fairlead/sdk';
import { asObject, jsonObject, text } from './json-object.ts';

/** Why a server said no, from OAuth's answers (RFC 6749, 5.2) and from those of Google's APIs. */
export interface Refusal {
  readonly status: number;
  /** `invalid_grant`, `PERMISSION_DENIED`; empty when the server names none. */
  readonly code: string;
  /** Of Google's APIs: `IAM_PERMISSION_DENIED`, `SERVICE_DISABLED`; empty otherwise. */
  readonly reason: string;
  /** The server's words, without what we sent; empty when it has none. */
  readonly words: string;
  /** How far this machine's clock is ahead of the server's; undefined when it does not say the time. */
  readonly skewMs: number | undefined;
  readonly where: string;
}

/** An answer as it came, and what must not be repeated of it. */
export interface RawRefusal extends Pick<Refusal, 'status' | 'where' | 'skewMs'> {
  readonly text: string;
  readonly secrets: readonly string[];
}

export function readRefusal({ text: body, secrets, ...rest }: RawRefusal): Refusal {
  const answer = jsonObject(body);
  const error = asObject(answer?.['error']);
  const details: unknown = error?.['details'];
  const reasons = (Array.isArray(details) ? details : []).map((detail: unknown) =>
    name(asObject(detail)?.['reason']),
  );
  const words = text(error?.['message']) ?? text(answer?.['error_description']) ?? '';
  return {
    ...rest,
    code: name(error?.['status'] ?? answer?.['error']),
    reason: reasons.find((reason) => reason !== '') ?? '',
    words: withoutSecrets(words, secrets),
  };
}

/** A failure of `kind` that says `message`, then what the server said. */
export function refusalFailure(
  kind: 'access' | 'config',
  message: string,
  refusal: Refusal,
  hint: string,
): Failure {
  const { status, code, words, where } = refusal;
  const said = [code, words].filter((part) => part !== '').join(': ');
  return new Failure(kind, `${message} (${said === '' ? status : said})`, { where, hint });
}

/**
 * The failure for a clock that is wrong; undefined when it cannot be the reason.
 * Tokens are dated, and Google accepts no date that is minutes away.
 */
export function clockFailure(refusal: Refusal): Failure | undefined {
  const { skewMs, words, where } = refusal;
  const isFarOff = skewMs !== undefined && Math.abs(skewMs) >= 60_000;
  if (!isFarOff && !/\b(iat|exp)\b/.test(words)) return undefined;
  const hint = 'Set the clock of this machine, best by NTP.';
  if (skewMs === undefined) {
    const message = 'Google refuses the time of the request: the clock of this machine is wrong';
    return new Failure('access', message, { where, hint });
  }
  const by = `${describeLength(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead of'} Google's`;
  const message = `Google refuses the time of the request: the clock of this machine is ${by}`;
  return new Failure('access', message, { where, hint });
}

function describeLength(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} hours` : `${Math.round(hours / 24)} days`;
}

/** A code as servers write it; anything else might be an echo of what we sent. */
function name(value: unknown): string {
  return typeof value === 'string' && /^[A-Za-z_]{1,60}$/.test(value) ? value : '';
}

/** Words of a server as far as they can be shown: no secret, nothing that looks like a token, one line. */
export function withoutSecrets(words: string, secrets: readonly string[]): string {
  let result = words;
  for (const secret of secrets.toSorted((a, b) => b.length - a.length)) {
    if (secret !== '') result = result.replaceAll(secret, '…');
  }
  return result
    .replace(/[^\s"'/:,;()[\]{}<>@.]{32,}/g, '…')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 300);
}
