#!/usr/bin/env node
// Plain JavaScript that every Node since 14.8 understands: it has to say what is missing.
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const main = new URL('../dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`Node ${process.versions.node} is too old. Install Node 20.19 or newer.`);
} else if (!existsSync(main)) {
  refuse('this copy is not built. Run: npm run build.');
} else {
  await import(main.href);
}

function refuse(message) {
  process.stderr.write(`fairlead-fake-fauna: ${message}\n`);
  process.exitCode = 2;
}
