import { canonicalJson, refuse, type Json, type Refusal } from '#libs/kernel';
import {
  type AttributeChange,
  type Attributes,
  type AttributeType,
  type Edit,
  type FieldPolicy,
} from '../contract/index.js';

/** Characters of one attribute's canonical JSON; several fit into one event. */
const valueLimit = 32 * 1024;
const notesLimit = 16 * 1024;

export function checkIdentifier(kind: string, name: string): Refusal | null {
  if (/^[A-Za-z0-9_-]{1,128}$/.test(name)) return null;
  return refuse('region-data/invalid-identifier', `"${name.slice(0, 200)}" cannot identify ${kind}`, {
    fix: 'use 1 to 128 letters, digits, "-" and "_"',
  });
}

/** Names, sizes and declared types of open attributes (RD-08). */
export function checkAttributes(attributes: Attributes, policy: FieldPolicy): Refusal | null {
  for (const [name, value] of Object.entries(attributes)) {
    if (!/^[A-Za-z_][A-Za-z0-9_-]{0,127}$/.test(name)) {
      return refuse(
        'region-data/invalid-attribute-name',
        `"${name.slice(0, 200)}" cannot name an attribute`,
        {
          fix: 'begin with a letter or "_", go on with letters, digits, "-" and "_"; at most 128 of them',
        },
      );
    }
    if (canonicalJson(value).length > valueLimit) {
      return refuse(
        'region-data/attribute-too-large',
        `the value of "${name}" is larger than ${valueLimit} characters`,
        {
          fix: 'keep large texts elsewhere and put their address here',
        },
      );
    }
    const type = policy.types?.[name];
    if (type !== undefined && value !== null && typeOf(value) !== type) {
      return refuse(
        'region-data/wrong-type',
        `"${name}" is a ${typeOf(value)}; the field policy says ${type}`,
        {
          fix: `send a ${type}, or change the field policy`,
          details: { attribute: name, type },
        },
      );
    }
  }
  return null;
}

export function checkNotes(notes: string | undefined): Refusal | null {
  if (notes === undefined || notes.length <= notesLimit) return null;
  return refuse('region-data/notes-too-long', `notes of ${notes.length} characters; ${notesLimit} fit`, {
    fix: 'keep long texts elsewhere and put their address here',
  });
}

/** A member of an entry that must be a text. */
export function checkText(name: string, value: Json | undefined): Refusal | null {
  if (typeof value === 'string' && value !== '') return null;
  return refuse('region-data/wrong-type', `"${name}" must be a text that is not empty`, {
    fix: `give "${name}" a text`,
    details: { attribute: name, type: 'string' },
  });
}

/** What an edit changes in an entry: first what it takes away, then what it writes; equal values change nothing. */
export function changesBy(edit: Edit, entry: Attributes): readonly AttributeChange[] {
  const changes: AttributeChange[] = [];
  for (const attribute of edit.unset ?? []) {
    const from = entry[attribute];
    if (from !== undefined && edit.set?.[attribute] === undefined) changes.push({ attribute, from });
  }
  for (const [attribute, to] of Object.entries(edit.set ?? {})) {
    const from = entry[attribute];
    if (from === undefined) changes.push({ attribute, to });
    else if (canonicalJson(from) !== canonicalJson(to)) changes.push({ attribute, from, to });
  }
  return changes;
}

/** The edit that makes one entry into another. */
export function editBetween(from: Attributes, to: Attributes): Edit {
  return { set: to, unset: Object.keys(from).filter((name) => to[name] === undefined) };
}

export function withChanges<E extends Attributes>(entry: E, changes: readonly AttributeChange[]): E {
  const next: Record<string, Json> = { ...entry };
  for (const { attribute, to } of changes) {
    // Attribute names are checked data, and `next` is a fresh object.
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete
    if (to === undefined) delete next[attribute];
    else next[attribute] = to;
  }
  return next as E;
}

function typeOf(value: Json): AttributeType | 'null' {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'boolean') return 'bool';
  return typeof value as 'string' | 'number' | 'object';
}
