import { type ChangedPath } from '#libs/region-data/contract';

interface Node<Reader> {
  readonly children: Map<string, Node<Reader>>;
  readonly readers: Set<Reader>;
}

/**
 * Who read which paths of region data. Finding the readers of a change costs in proportion to the readers found, not to all
 * that there are; replacing a reader's paths costs in proportion to its paths.
 */
export class PathIndex<Reader> {
  private readonly root: Node<Reader> = { children: new Map(), readers: new Set() };
  private readonly paths = new Map<Reader, readonly string[]>();

  /** From now on the reader reads exactly these; none removes it. */
  set(reader: Reader, paths: readonly string[]): void {
    const former = this.paths.get(reader);
    if (former === paths) return;
    for (const path of former ?? []) this.node(path)?.readers.delete(reader);
    if (paths.length === 0) this.paths.delete(reader);
    else this.paths.set(reader, paths);
    for (const path of paths) this.node(path, true)!.readers.add(reader);
  }

  pathsOf(reader: Reader): readonly string[] {
    return this.paths.get(reader) ?? [];
  }

  /**
   * The readers that a change may touch, with the paths they read: those of the path itself and of all below it. An attribute
   * that comes or goes also touches who looked at the whole entry.
   */
  readersOf(changed: string): ReadonlyMap<Reader, readonly string[]> {
    const found = new Map<Reader, string[]>();
    const add = (node: Node<Reader>, path: string): void => {
      for (const reader of node.readers) {
        const paths = found.get(reader);
        if (paths === undefined) found.set(reader, [path]);
        else paths.push(path);
      }
    };
    const below = (node: Node<Reader>, path: string): void => {
      add(node, path);
      for (const [step, child] of node.children) below(child, path + step);
    };
    const entry = entryOf(changed);
    const whole = entry === undefined ? undefined : this.node(entry);
    if (whole !== undefined) add(whole, entry!);
    const node = this.node(changed);
    if (node !== undefined) below(node, changed);
    return found;
  }

  private node(path: string, create = false): Node<Reader> | undefined {
    let node: Node<Reader> | undefined = this.root;
    for (const step of stepsOf(path)) {
      let child: Node<Reader> | undefined = node.children.get(step);
      if (child === undefined) {
        if (!create) return undefined;
        node.children.set(step, (child = { children: new Map(), readers: new Set() }));
      }
      node = child;
    }
    return node;
  }
}

const step = /^[^.[]+|\.[^.[]+|\["(?:[^"\\]|\\.)*"\]|\[\*\]/g;

function stepsOf(path: string): readonly string[] {
  return path.match(step) ?? [];
}

/** `local.all_regions[*]` of `local.all_regions[*].state`, `local.region` of `local.region.state`. */
function entryOf(path: string): string | undefined {
  const steps = stepsOf(path);
  const length = steps[1] === '.region' || steps[1] === '.realm' ? 2 : 3;
  return steps.length > length ? steps.slice(0, length).join('') : undefined;
}

/** Paths below `local.region` and `local.realm` concern one region's evaluations alone. */
export function isRegional({ path }: ChangedPath): boolean {
  return /^local\.(?:region|realm)(?![\w-])/.test(path);
}
