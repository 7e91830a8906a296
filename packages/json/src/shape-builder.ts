import type { NumberClass } from './number-class.ts';
import type { Shape } from './shape.ts';

/** A {@link Shape} in the making, which grows with each value added. */
export class ShapeBuilder {
  /** The bits of what was added. */
  classes = 0;
  #integerDigits = 0;
  #scale = 0;
  /** How many objects that may hold this value did hold it, a repeated name counted once. */
  #presentIn = 0;
  /** The last of them, by its number. */
  #lastIn = 0;
  #objectCount = 0;
  #properties: Map<string, ShapeBuilder> | undefined;
  #items: ShapeBuilder | undefined;
  #keepsProperties = true;
  #keepsItems = true;

  addNumber({ valueClass, integerDigits, scale }: NumberClass): void {
    this.classes |= valueClass;
    this.#integerDigits = Math.max(this.#integerDigits, integerDigits);
    this.#scale = Math.max(this.#scale, scale);
  }

  /** Begins one more object, whose members are then added; false when they are not kept. */
  beginObject(): boolean {
    if (!this.#keepsProperties) return false;
    this.#properties ??= new Map();
    this.#objectCount++;
    return true;
  }

  /** The builder for the member of this name in the object that was begun last. */
  property(name: string): ShapeBuilder {
    this.#properties ??= new Map();
    let property = this.#properties.get(name);
    if (property === undefined) {
      property = new ShapeBuilder();
      this.#properties.set(name, property);
    }
    if (property.#lastIn !== this.#objectCount) {
      property.#lastIn = this.#objectCount;
      property.#presentIn++;
    }
    return property;
  }

  /** Ends an object: with over `most` different members seen here, they are kept no longer. */
  endObject(most: number): void {
    if (this.#properties !== undefined && this.#properties.size > most) this.dropProperties();
  }

  /** The builder for the elements of one more array; undefined when they are not kept. */
  beginArray(): ShapeBuilder | undefined {
    if (!this.#keepsItems) return undefined;
    this.#items ??= new ShapeBuilder();
    return this.#items;
  }

  /** Keeps the members of objects no longer. */
  dropProperties(): void {
    this.#keepsProperties = false;
    this.#properties = undefined;
  }

  /** Keeps the elements of arrays no longer. */
  dropItems(): void {
    this.#keepsItems = false;
    this.#items = undefined;
  }

  /** What was added so far. `optional` is for the one who knows how often it could have been. */
  shape(optional = false): Shape {
    const properties = this.#properties && this.#propertyShapes(this.#properties);
    const items = this.#items?.shape();
    return {
      classes: this.classes,
      integerDigits: this.#integerDigits,
      scale: this.#scale,
      optional,
      ...(properties && { properties }),
      ...(items && { items }),
    };
  }

  #propertyShapes(builders: ReadonlyMap<string, ShapeBuilder>): ReadonlyMap<string, Shape> {
    const shapes = new Map<string, Shape>();
    for (const [name, builder] of builders) {
      shapes.set(name, builder.shape(builder.#presentIn < this.#objectCount));
    }
    return shapes;
  }
}
