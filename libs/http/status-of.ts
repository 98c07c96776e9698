/** Codes whose last part says too little; everything else goes by the rules below. */
const exact: Readonly<Record<string, number>> = {
  'access/unauthenticated': 401,
  'store/unavailable': 503,
  'request/body-too-large': 413,
  'request/unsupported-media-type': 415,
};

const rules: readonly (readonly [RegExp, number])[] = [
  [/^unknown$|^not-found$/, 404],
  [/revision-mismatch$/, 412],
  [/forbidden$/, 403],
  [/unavailable$|^not-caught-up$/, 503],
  [/^too-large$/, 413],
  [
    /^invalid|^bad-|^unknown-|^wrong-type$|^immutable|-required$|^reserved|^key-reused$|too-long$|^attribute-too-large$|^not-a|^hosts-itself$|^entries-differ$|^state-by-transition$|^no-baseline$|^syntax$|^missing|^doubled$/,
    422,
  ],
];

/** The HTTP status of a refusal's code. A refusal that no rule names is a conflict with the present state: 409. */
export function statusOf(code: string): number {
  const known = exact[code];
  if (known !== undefined) return known;
  const what = code.slice(code.indexOf('/') + 1);
  return rules.find(([pattern]) => pattern.test(what))?.[1] ?? 409;
}
