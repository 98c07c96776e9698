/** `f`, which computes an equal argument in a row only once: a call asks for the result's type first, then for the result. */
export function rememberLast<Argument extends string, Result>(
  f: (argument: Argument) => Result,
): (argument: Argument) => Result {
  let last: { readonly argument: Argument; readonly result: Result } | undefined;
  return (argument) => {
    if (last?.argument !== argument) last = { argument, result: f(argument) };
    return last.result;
  };
}
