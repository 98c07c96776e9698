/**
 * Where an injected value stands in its source: `local.all_regions[*].state`. All entries of one collection share one
 * origin, so that a path is recorded once, whatever the number of entries.
 */
export class Origin {
  private readonly children = new Map<string, Origin>();

  constructor(readonly path: string) {}

  attribute(name: string): Origin {
    return (
      this.children.get(name) ??
      this.child(
        name,
        /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`,
      )
    );
  }

  element(): Origin {
    return this.children.get('[*]') ?? this.child('[*]', '[*]');
  }

  private child(key: string, suffix: string): Origin {
    const child = new Origin(this.path + suffix);
    this.children.set(key, child);
    return child;
  }
}
