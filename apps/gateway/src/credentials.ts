import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { selfSigned, type TlsFiles } from '#libs/event-store/gateway';

export interface GatewayCredentials {
  readonly tls: TlsFiles;
  /** CIOS's own: writes CIOS's streams. */
  readonly own: Login;
  /** For tools: reads CIOS's streams, and does with others what it likes. */
  readonly guest: Login;
  /** Where the certificate lies, for clients to trust (`tlsCAFile`). */
  readonly certificateFile: string;
}

export interface Login {
  readonly name: string;
  readonly password: string;
}

/**
 * What stands in `<data>/gateway`: `tls.crt`, `tls.key` and `logins.json`, made where they are missing and readable by their owner
 * alone. Bring a certificate of your own by putting it there.
 */
export function gatewayCredentials(data: string, host: string): GatewayCredentials {
  const folder = join(data, 'gateway');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const certificateFile = join(folder, 'tls.crt');
  const keyFile = join(folder, 'tls.key');
  if (!existsSync(certificateFile) || !existsSync(keyFile)) {
    const names = new Set(['localhost', '127.0.0.1', host]);
    const { certificate, key } = selfSigned([...names], new Date());
    writeFileSync(keyFile, key, { mode: 0o600 });
    writeFileSync(certificateFile, certificate);
  }
  const loginsFile = join(folder, 'logins.json');
  if (!existsSync(loginsFile)) {
    const logins = { own: login('cios'), guest: login('guest') };
    writeFileSync(loginsFile, `${JSON.stringify(logins, null, 2)}\n`, { mode: 0o600 });
  }
  const { own, guest } = JSON.parse(readFileSync(loginsFile, 'utf8')) as { own: Login; guest: Login };
  const tls = { certificate: readFileSync(certificateFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  return { tls, own, guest, certificateFile };
}

function login(name: string): Login {
  return { name, password: randomBytes(24).toString('hex') };
}
