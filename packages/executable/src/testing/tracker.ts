import { Failure, secret, type Source } from '@fairlead/sdk';
import { z } from 'zod';
import { aboutConnector } from '../about.ts';
import { runConnector } from '../run-connector.ts';

const Config = z.object({
  token: secret('API Token', 'A token of yours.'),
  behave: z.enum(['well', 'tell', 'bug', 'stray']).default('well'),
});
type Config = z.infer<typeof Config>;

/** A source that can be asked to be careless with its secret. */
const tracker: Source<Config> = {
  name: 'source-tracker',
  title: 'Tracker',
  config: Config,
  resource: z.object({}),
  cursor: z.json(),
  async check({ config, log }) {
    log.info('settings', { config, token: config.token });
    switch (config.behave) {
      case 'tell':
        throw new Failure('access', `the token ${String(config.token)} was refused`);
      case 'bug':
        throw new Error(`no answer for ${JSON.stringify(config)}`);
      case 'stray':
        await new Promise(() => setImmediate(() => void Promise.reject(new TypeError('stray'))));
        break;
      case 'well':
    }
  },
  discover: async () => [{ name: 'issues', key: ['/id'], schema: {}, resource: {} }],
  async *pull() {},
};

const folder = process.env['TRACKER_FOLDER'] ?? '';
await runConnector(tracker, aboutConnector(folder));
