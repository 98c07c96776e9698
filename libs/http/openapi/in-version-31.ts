/** `nullable` is OpenAPI 3.0; in 3.1 null is one of the types. */
export function inVersion31<T>(value: T): T {
  if (Array.isArray(value)) return value.map((item: unknown) => inVersion31(item)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, inVersion31(member as unknown)]),
  );
  if (nullable === true && typeof rest['type'] === 'string') rest['type'] = [rest['type'], 'null'];
  return rest as T;
}
