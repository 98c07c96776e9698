import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const main = new URL('./serve.mjs', import.meta.url).pathname;

/** Starts `serve.mjs`; `ask` speaks JSON to it and throws what is refused, `close` ends it. */
export async function served(what, folder, stores, nodeOptions = []) {
  const child = spawn(process.execPath, [...nodeOptions, main, what, folder, stores], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const line = await Promise.race([
    new Promise((resolve) => createInterface(child.stdout).once('line', resolve)),
    gone.then(() => Promise.reject(new Error('the server did not come up'))),
  ]);
  const { url, token } = JSON.parse(line);
  return {
    url,
    token,
    async ask(method, path, body) {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
      return JSON.parse(text);
    },
    async close() {
      child.stdin.end();
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}
