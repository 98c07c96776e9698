export * from './document-to-region-data.js';
export * from './export-region-data.js';
export { parseRegionData, type ParsedRegionData } from './parse-region-data.js';
