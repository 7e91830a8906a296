import { Failure } from '@fairlead/sdk';

/** The failure of a call that says nothing any more. */
export function silent(what: string, silenceMs: number, where: string): Failure {
  const seconds = Math.round(silenceMs / 1000);
  return new Failure('transient', `${what} was silent for ${seconds} s`, { where });
}
