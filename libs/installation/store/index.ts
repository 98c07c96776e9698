/** What is done to an embedded installation as a whole, beside its server or without it: copies, and redaction. */
export * from './copy-installation.js';
export * from './fill-folder.js';
export * from './manifest.js';
export * from './places.js';
export * from './redact-stored.js';
