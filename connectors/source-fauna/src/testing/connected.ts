import { connect } from '@fairlead/sdk';
import { createFauna } from '../source.ts';

export interface ConnectedSetup {
  readonly port: number;
  readonly secret?: string;
  readonly apiVersion?: '4' | '10';
  /** Settings of `collection`. */
  readonly collection?: object;
  /** Milliseconds, where time plays a part. */
  readonly clock?: (() => number) | undefined;
}

/** The source with the settings of a server on this machine, and with a client that waits no time. */
export function connected({
  port,
  secret = 'secret',
  apiVersion = '4',
  collection = {},
  clock,
}: ConnectedSetup) {
  return connect(createFauna({ sleep: async () => {}, random: () => 0, clock }), {
    domain: '127.0.0.1',
    port,
    scheme: 'http',
    secret,
    collection,
    api_version: apiVersion,
  });
}
