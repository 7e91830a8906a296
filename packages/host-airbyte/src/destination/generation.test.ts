import { expect, test } from 'vitest';
import { routeOf, type DestinationMode } from './generation.ts';

test.each<{
  mode: DestinationMode;
  generation?: number;
  minimum?: number;
  oldest?: number;
  route: string;
}>([
  { mode: 'append', route: 'live' },
  { mode: 'overwrite', route: 'replacing undefined' },
  { mode: 'append', generation: 5, minimum: 0, oldest: 1, route: 'live' },
  { mode: 'overwrite', generation: 5, minimum: 0, route: 'live' },
  { mode: 'append', generation: 5, minimum: 5, oldest: 4, route: 'replacing 5' },
  { mode: 'append', generation: 5, minimum: 5, oldest: 5, route: 'live' },
  { mode: 'append', generation: 5, minimum: 5, route: 'replacing 5' },
  { mode: 'append_dedup', generation: 1, minimum: 1, route: 'live' },
  { mode: 'append_dedup', generation: 1, minimum: 1, oldest: 0, route: 'replacing 1' },
  { mode: 'append', generation: 0, minimum: 0, route: 'live' },
  { mode: 'overwrite', generation: 0, minimum: 0, route: 'replacing 0' },
  { mode: 'overwrite', generation: 1, minimum: 1, oldest: 1, route: 'replacing 1' },
  { mode: 'overwrite_dedup', generation: 2, minimum: 2, oldest: 2, route: 'replacing 2' },
])('$mode of generation $generation from $minimum over $oldest is $route', (given) => {
  const { mode, generation, minimum, oldest, route } = given;
  const found = routeOf(
    { mode, generationId: generation, minimumGenerationId: minimum },
    oldest,
    'stream x',
  );
  expect(found.is === 'live' ? found.is : `${found.is} ${found.generation}`).toBe(route);
});

test('a minimum between 0 and the generation is refused', () => {
  const wrong = { mode: 'append', generationId: 3, minimumGenerationId: 2 } as const;
  expect(() => routeOf(wrong, undefined, 'stream x')).toThrow('neither 0 nor');
});
