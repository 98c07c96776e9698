// Prints "line time" for each line of its standard input, the time in ms since 1970; first "ready".
import { createInterface } from 'node:readline';

console.log('ready');
for await (const line of createInterface({ input: process.stdin }))
  console.log(`${line} ${performance.timeOrigin + performance.now()}`);
