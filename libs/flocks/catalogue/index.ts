export * from './stored-flock-catalogue.js';
