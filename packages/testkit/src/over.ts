/** An object of which some members are replaced; the others are called on the object itself. */
export function over<T extends object>(inner: T, part: Partial<T>): T {
  return new Proxy(inner, {
    get(target, name) {
      if (Object.hasOwn(part, name)) return Reflect.get(part, name);
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
