import { defineConfig } from 'vitest/config';

/** They look at memory, and at how much a kill costs, for which nothing else may run beside them. */
const alone = ['tests/*-soak.test.ts', 'tests/*-memory.test.ts'];

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: {
    setupFiles: ['scripts/seed-properties.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['{packages,connectors,tests}/**/*.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/template/**', ...alone],
          // Most of them wait for processes of their own; by default one processor would be left alone.
          maxWorkers: 2,
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
