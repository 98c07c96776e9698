/** The syntax of a config file, by its name: `*.hcl` or, as the same in JSON, `*.hcl.json`; undefined of any other file. */
export function configSyntax(path: string): 'native' | 'json' | undefined {
  if (path.endsWith('.hcl')) return 'native';
  return path.endsWith('.hcl.json') ? 'json' : undefined;
}
