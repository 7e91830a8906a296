import { stream } from '@fairlead/sdk';
import { z } from 'zod';
import { ask, type Asked } from './ask.ts';
import { Config } from './settings.ts';

const Product = z.object({
  id: z.int(),
  name: z.string(),
  description: z.string(),
  is_active: z.boolean(),
});

const Component = Product.extend({
  default_assigned_to: z.string().nullish(),
  default_qa_contact: z.string().nullish(),
});

/** A list that is read as a whole has no place in it to go on from. */
const NoCursor = z.strictObject({}).default({});

/** Products, all of them in each run: nothing tells which have changed. */
export const products = stream(Config, {
  name: 'products',
  key: ['id'],
  document: Product,
  cursor: NoCursor,

  async *read(scope) {
    const documents = await askProducts(scope, Product.keyof().options, Product);
    yield { documents, cursor: {} };
  },
});

/** The components of products, each with the name of its product, all of them in each run. */
export const components = stream(Config, {
  name: 'components',
  key: ['id'],
  document: Component.extend({ product: z.string() }),
  cursor: NoCursor,

  async *read(scope) {
    const form = z.object({ name: z.string(), components: z.array(Component) });
    const members = Component.keyof().options.map((name) => `components.${name}`);
    const list = await askProducts(scope, ['name', ...members], form);
    const documents = list.flatMap(({ name: product, components: those }) =>
      those.map((component) => ({ ...component, product })),
    );
    yield { documents, cursor: {} };
  },
});

/** Those of the chosen products that can be seen, by name. */
export async function productNames(scope: Asked): Promise<readonly string[]> {
  const found = await askProducts(scope, ['name'], z.object({ name: z.string() }));
  return found.map(({ name }) => name);
}

/** Some members of the chosen products, or of all that can be seen. The API has no pages for them. */
async function askProducts<T>(scope: Asked, members: readonly string[], form: z.ZodType<T>) {
  const { products: names } = scope.config;
  const query = {
    ...(names.length === 0 ? { type: 'accessible' } : { names }),
    include_fields: members.join(','),
  };
  return (await ask(scope, 'product', query, z.object({ products: z.array(form) }))).products;
}
