import { Failure, source } from '@fairlead/sdk';
import type { Source } from '@fairlead/sdk';
import { z } from 'zod';
import { ask } from './ask.ts';
import { bugs } from './bugs.ts';
import { components, productNames, products } from './products.ts';
import { Config } from './settings.ts';

/** Bugzilla: bugs as they change, products and components. */
export const bugzilla: Source = source<Config>({
  name: 'source-bugzilla',
  title: 'Bugzilla',
  config: Config,
  streams: [products, components, bugs],

  async check(scope) {
    const { apiKey, products: chosen } = scope.config;
    // `whoami` is refused without a key, or when the server does not look at it.
    const path = apiKey === undefined ? 'version' : 'whoami';
    await ask(scope, path, {}, z.looseObject({}));
    if (chosen.length === 0) return;
    const found = await productNames(scope);
    const missing = chosen.filter((name) => !found.includes(name));
    if (missing.length === 0) return;
    throw new Failure('config', `there is no product ${missing.join(', ')} that you may see`, {
      where: 'products',
      hint: 'Write the names as Bugzilla does, upper and lower case too.',
    });
  },
});
