import { defineConfig } from 'vitest/config';

export default defineConfig({
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
  test: {
    include: ['{packages,connectors,tests}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/template/**'],
    // Most of them wait for processes of their own; by default one processor would be left alone.
    maxWorkers: 2,
    setupFiles: ['scripts/seed-properties.mjs'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
