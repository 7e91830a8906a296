// Before each test file: property tests draw the same values in every run, so that a green check
// stays green. `FAIRLEAD_SEED=random` draws others each time, `FAIRLEAD_SEED=123` those of a report.
import fc from 'fast-check';

const wanted = process.env.FAIRLEAD_SEED ?? '20260921';
if (wanted !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(wanted) });
