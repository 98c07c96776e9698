export { startServer, type Server } from './start-server.js';
