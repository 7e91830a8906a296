import { expect, test } from 'vitest';
import { isAffected } from './affected.ts';

const others = ['connectors/casa', 'connectors/casa-two', 'connectors/crm'];

test.each([
  ['connectors/casa/src/source.ts', true],
  ['connectors/casa/README.md', true],
  ['connectors/casa-two/src/source.ts', false],
  ['connectors/crm/package.json', false],
  ['connectors/shared/page.ts', true],
  ['lib/page.ts', true],
  ['package-lock.json', true],
  ['README.md', false],
  ['docs/guide.html', false],
  ['dags/fivetran_casa.py', false],
  ['.github/workflows/connectors.yml', false],
  ['.circleci/config.yml', false],
  ['deploy.yaml', false],
  ['LICENSE', false],
])('a change of %s changes the function of casa: %s', (file, expected) => {
  expect(isAffected('connectors/casa', others, [file])).toBe(expected);
});

test('one that is installed changes with what is shared', () => {
  expect(isAffected(undefined, others, ['connectors/crm/a.ts'])).toBe(false);
  expect(isAffected(undefined, others, ['package-lock.json'])).toBe(true);
  expect(isAffected(undefined, others, [])).toBe(false);
});
