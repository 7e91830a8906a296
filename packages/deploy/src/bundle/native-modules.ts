import type { Plugin } from 'esbuild';

/** Packages by which others find a module of theirs that is no JavaScript. */
export const finders =
  /^(bindings|node-gyp-build|node-pre-gyp|@mapbox\/node-pre-gyp|prebuild-install)$/;

/** Refuses modules that are compiled for one kind of machine. */
export function nativeModules(): Plugin {
  return {
    name: 'native-modules',
    setup(build) {
      build.onLoad({ filter: /\.node$/ }, ({ path }) => refuse(nameOf(path)));
      build.onResolve({ filter: finders }, ({ importer }) => refuse(nameOf(importer)));
    },
  };
}

function refuse(name: string) {
  return {
    errors: [
      {
        text: `${name} is a native module`,
        detail: `A function is one file of JavaScript: replace ${name} by a package without native code, or run the connector as an image.`,
      },
    ],
  };
}

/** The package that a file belongs to, or the file's own name where it is in none. */
function nameOf(path: string): string {
  const [inside] = path.split(/[\\/]node_modules[\\/]/).slice(-1);
  const parts = (inside ?? path).split(/[\\/]/);
  if (inside === path) return parts.at(-1) ?? path;
  return parts.slice(0, parts[0]?.startsWith('@') === true ? 2 : 1).join('/');
}
