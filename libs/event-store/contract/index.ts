/** Every event type that the event store itself writes. */
export const eventTypes: readonly string[] = ['EventRedacted', 'LogSealed'];
