import { isAbsolute } from 'node:path';
import type { Plugin, PluginBuild } from 'esbuild';
import type { FunctionCode } from './bundle.ts';

/** What the first module of a bundle is called. */
export const firstModule = 'fairlead:first';

/** Gives the bundle its first module, and the connector the name by which that asks for it. */
export function theEntry(code: FunctionCode, text: string, hostFolder: string): Plugin {
  const modules = { 'fairlead:connector': code.entry, 'fairlead:options': code.options };
  return {
    name: 'entry',
    setup(build) {
      build.onResolve({ filter: /^fairlead:/ }, async ({ path }) => {
        if (path === firstModule) return { path, namespace: 'entry' };
        const module = Object.entries(modules).find(([name]) => name === path)?.[1];
        if (module === undefined) return undefined;
        return isAbsolute(module) ? { path: module } : await ownModule(build, module, code.folder);
      });
      build.onLoad({ filter: /.*/, namespace: 'entry' }, () => ({
        contents: text,
        loader: 'js',
        resolveDir: code.folder,
      }));
      // A connector need not depend on what makes a function of it.
      build.onResolve(
        { filter: /^@fairlead\/host-fivetran$/ },
        async ({ path, pluginData, ...from }) => {
          if (pluginData === 'again') return undefined;
          const own = { kind: from.kind, importer: from.importer, pluginData: 'again' };
          const found = await build.resolve(path, { ...own, resolveDir: code.folder });
          if (found.errors.length === 0) return found;
          return await build.resolve(path, { ...own, resolveDir: hostFolder });
        },
      );
    },
  };
}

/** What a package means by its own name; one without `exports` does not know that. */
async function ownModule(build: PluginBuild, name: string, resolveDir: string) {
  const asked = { kind: 'import-statement', resolveDir } as const;
  const found = await build.resolve(name, asked);
  return found.errors.length === 0 ? found : await build.resolve('./', asked);
}
