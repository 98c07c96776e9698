import { type CollectionSpec } from '../port/read-store.js';

export const fullRows: CollectionSpec = { name: 'full', version: 1, indexes: { byAt: ['at'] } };
