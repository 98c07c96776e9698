export * from './commands/index.js';
export { defaultData } from './data-folder.js';
export { printDifference } from './commands/diff.js';
export { withRecord } from './record.js';
export { printVerification } from './commands/verify.js';
export { verifyApart } from './verify-record.js';
