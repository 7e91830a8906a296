import type { Answer } from '@fairlead/testkit';

export interface TrackedProduct {
  readonly id: number;
  readonly name: string;
  readonly components: readonly { readonly id: number; readonly name: string }[];
}

/** Two products with three components. */
export const someProducts: readonly TrackedProduct[] = [
  {
    id: 7,
    name: 'Core',
    components: [
      { id: 70, name: 'General' },
      { id: 71, name: 'Graphics' },
    ],
  },
  { id: 8, name: 'Fire & Fox', components: [{ id: 80, name: 'General' }] },
];

/** The products of some names, or all, with the members that are asked for. */
export function answerProducts(all: readonly TrackedProduct[], query: URLSearchParams): Answer {
  const names = query.getAll('names');
  const isAll = query.get('type') === 'accessible';
  const members = new Set(query.get('include_fields')?.split(','));
  const products = all
    .filter(({ name }) => isAll || names.includes(name))
    .map(({ id, name, components }) =>
      pick({ id, name, description: `About ${name}`, is_active: true }, '', members, {
        components: components.map((component) =>
          pick(
            {
              ...component,
              description: `About ${component.name}`,
              is_active: component.id % 2 === 0,
              default_assigned_to: 'nobody@example.com',
              default_qa_contact: null,
              sort_key: 0,
            },
            'components.',
            members,
          ),
        ),
      }),
    );
  return { body: { products } };
}

/** Members that are asked for, and lists of which some member is. */
function pick(
  value: object,
  prefix: string,
  members: ReadonlySet<string>,
  lists: Readonly<Record<string, readonly object[]>> = {},
): object {
  const own = Object.entries(value).filter(([name]) => members.has(`${prefix}${name}`));
  const asked = [...members];
  const inner = Object.entries(lists).filter(([list]) =>
    asked.some((member) => member.startsWith(`${list}.`)),
  );
  return Object.fromEntries([...own, ...inner]);
}
