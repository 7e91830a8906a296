// `npm run quickstart`: installs, builds, and loads real data sets into quickstart.duckdb. Only
// Node and npm are needed. A second run loads what has changed since.
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build, install, root, run } from './install.mjs';

/** Files of the npm package vega-datasets. */
const dataSets = [
  'airports.csv',
  'birdstrikes.csv',
  'cars.json',
  'co2-concentration.csv',
  'disasters.csv',
  'earthquakes.json',
  'flights-200k.json',
  'gapminder.json',
  'movies.json',
  'penguins.json',
  'seattle-weather.csv',
  'stocks.csv',
  'unemployment.tsv',
  'us-employment.csv',
  'zipcodes.csv',
];

install();
build();

const data = join(root, 'examples/quickstart/data');
mkdirSync(data, { recursive: true });
const missing = dataSets.filter((name) => !existsSync(join(data, name)));
for (const name of missing) {
  copyFileSync(join(root, 'node_modules/vega-datasets/data', name), join(data, name));
}
if (missing.length > 0) {
  console.log(`Copying ${missing.length} data sets of vega-datasets to examples/quickstart/data.`);
}

console.log('Loading them: fairlead run -f examples/quickstart/pipeline.yaml');
const code = run([
  'packages/cli/bin/fairlead.js',
  'run',
  '-f',
  'examples/quickstart/pipeline.yaml',
]);
if (code !== 0) process.exit(code);

const { showTables } = await import('./show-tables.mjs');
await showTables(join(root, 'quickstart.duckdb'));

console.log(`
Try next:
  npm run quickstart                     loads what has changed: nothing, or what you changed or added
                                         in examples/quickstart/data
  npx fairlead plan -f examples/quickstart/pipeline.yaml
                                         what a run would create or alter, as SQL
  npx fairlead copy 'your/files/*.csv' duckdb:yours.duckdb
                                         your own files, in one line
  npx fairlead init                      a pipeline.yaml to start from
  npx fairlead --help                    everything else`);
