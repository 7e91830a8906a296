// The same source, which does not say what its settings are.
if (process.argv[2] === 'spec') process.exitCode = 1;
else await import('./source-shop.js');
