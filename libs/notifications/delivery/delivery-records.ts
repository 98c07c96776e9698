import { type ReadStore } from '#libs/read-store';
import { type DeadLetter } from '../contract/index.js';

const cursors = 'notifications/cursor/';
const letters = 'notifications/dead/';

/** How far each subscription was served, and what was given up: documents of the read store. */
export class DeliveryRecords {
  constructor(private readonly store: ReadStore) {}

  /** Position of the last event served; null before the first. */
  async cursor(subscription: string): Promise<bigint | null> {
    const found = await this.store.getDocument(cursors + subscription);
    return found === null ? null : BigInt(found.value as string);
  }

  /** Never goes back: where another runner has served further, that stands. */
  async advance(subscription: string, position: bigint): Promise<void> {
    for (;;) {
      const found = await this.store.getDocument(cursors + subscription);
      if (found !== null && BigInt(found.value as string) >= position) return;
      const put = await this.store.putDocument(
        cursors + subscription,
        position.toString(),
        found?.version ?? null,
      );
      if (put !== 'conflict') return;
    }
  }

  async bury(letter: DeadLetter): Promise<void> {
    const key = `${letters}${letter.subscription}/${letter.firstPosition.padStart(20, '0')}`;
    for (;;) {
      const found = await this.store.getDocument(key);
      if ((await this.store.putDocument(key, letter, found?.version ?? null)) !== 'conflict') return;
    }
  }

  async deadLetters(subscription?: string): Promise<readonly DeadLetter[]> {
    const prefix = subscription === undefined ? letters : `${letters}${subscription}/`;
    return (await this.store.listDocuments(prefix)).map(({ value }) => value as DeadLetter);
  }

  async forget(subscription: string): Promise<void> {
    await this.store.deleteDocument(cursors + subscription);
    for (const { key } of await this.store.listDocuments(`${letters}${subscription}/`))
      await this.store.deleteDocument(key);
  }
}
