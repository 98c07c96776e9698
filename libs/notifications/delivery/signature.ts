import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The secret by which a subscription's deliveries are signed: derived from the installation's key, so that no store holds it. */
export function webhookSecret(signingKey: string, subscription: string): string {
  return `whsec_${createHmac('sha256', signingKey).update(subscription).digest('base64url')}`;
}

/** The header X-CIOS-Signature. `seconds` since 1970. */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;
}

/** What a receiver checks: that the body is ours, and not older than five minutes. */
export function verifySignature(secret: string, header: string, body: string, nowSeconds: number): boolean {
  const seconds = Number(/^t=(\d+),v1=[0-9a-f]{64}$/.exec(header)?.[1]);
  if (!(Math.abs(nowSeconds - seconds) <= 300)) return false;
  return timingSafeEqual(Buffer.from(signatureOf(secret, seconds, body)), Buffer.from(header));
}

/** The key in a file that only its owner can read, written when it is first asked for. */
export async function signingKeyIn(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  if (known.trim() !== '') return known.trim();
  const key = randomBytes(32).toString('base64url');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.writeFile(`${key}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  return key;
}
