export * from './events.js';
export * from './kill.js';
export * from './power-cut.js';
