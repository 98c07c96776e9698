export * from './import-region-data.js';
