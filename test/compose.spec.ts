import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { listeningFrom, settingsFrom } from '#libs/installation';
import { regionalSettingsFrom } from '../apps/regional/src/regional-settings.js';

interface Service {
  readonly image: string;
  readonly profiles: readonly string[];
  readonly command?: readonly string[];
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly string[];
}

const folder = mkdtempSync(join(tmpdir(), 'cios-compose-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};
const services = Object.entries(file.services);
const appOf = ({ command }: Service): string | undefined =>
  /^dist\/apps\/([^/]+)\/src\/main\.js$/.exec(command?.[1] ?? '')?.[1];
const apps = services.flatMap(([name, service]) => {
  const app = appOf(service);
  return app === undefined ? [] : [{ name, app, service }];
});
const ofProfile = (profile: string) =>
  services.filter(([, { profiles }]) => profiles.includes(profile)).map(([name]) => name);

const namesIn = (needed: NonNullable<Service['depends_on']>): readonly string[] =>
  Array.isArray(needed) ? (needed as readonly string[]) : Object.keys(needed);

/** Whether the file is one by the schema, and where it is not. */
function problemsOf(document: unknown): readonly string[] {
  const { $schema: _, ...schema } = JSON.parse(
    readFileSync('test/compose-spec/compose-spec.json', 'utf8'),
  ) as Record<string, unknown>;
  const ajv = new Ajv({ strict: false, allErrors: true });
  (addFormats as unknown as (a: Ajv) => void)(ajv);
  const validate = ajv.compile(schema);
  validate(document);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** Every variable that an app asks for, as it reads its settings from this environment; and that they can be read. */
function readBy(app: string, env: Readonly<Record<string, string>>): ReadonlySet<string> {
  const asked = new Set<string>();
  const watched = new Proxy<NodeJS.ProcessEnv>(
    { ...env },
    {
      get(target, name) {
        asked.add(String(name));
        const value = target[String(name)];
        // Secret files lie in the volume; here any file does.
        return String(name).endsWith('_FILE') && value !== undefined ? 'NOTICE' : value;
      },
    },
  );
  if (app === 'regional') regionalSettingsFrom(watched);
  else settingsFrom(watched);
  listeningFrom(watched, 1);
  return asked;
}

describe('docker-compose.yml', () => {
  it('is a Compose file by the schema of the specification', () => {
    expect(problemsOf(file)).toEqual([]);
    expect(problemsOf({ services: { a: { image: 'b', port: ['1:1'] } } })).not.toEqual([]);
  });

  it('has one of each by default, and with --profile cluster three, three, and two of each app', () => {
    expect(readFileSync('.env', 'utf8')).toMatch(/^COMPOSE_PROFILES=single$/m);
    expect(ofProfile('single').sort()).toEqual(
      ['command-api', 'event-store', 'keys', 'orchestrator', 'query-api', 'read-store', 'regional'].sort(),
    );
    const numbered = (name: string, n: number) => Array.from({ length: n }, (_, i) => `${name}-${i + 1}`);
    expect(ofProfile('cluster').sort()).toEqual(
      [
        'keys',
        ...numbered('event-store', 3),
        ...numbered('read-store', 3),
        ...['command-api', 'query-api', 'orchestrator', 'regional'].flatMap((name) => numbered(name, 2)),
      ].sort(),
    );
    expect(new Set([...ofProfile('single'), ...ofProfile('cluster')]).size).toBe(services.length);
  });

  it.each(apps)(
    'gives $name nothing but what the app $app reads, and lets it read it',
    ({ app, service }) => {
      expect(existsSync(`apps/${app}/src/main.ts`)).toBe(true);
      const env = service.environment!;
      const asked = readBy(app, env);
      expect(Object.keys(env).filter((name) => !asked.has(name))).toEqual([]);
      const { host, port } = listeningFrom(env, 1);
      expect(service.healthcheck!.test.join(' ')).toContain("process.env.CIOS_PORT+'/v1/health'");
      expect(port).toBeGreaterThan(1024);
      for (const mapping of service.ports ?? []) {
        expect(mapping).toMatch(new RegExp(`^127\\.0\\.0\\.1:\\d+:${port}$`));
        expect(host).toBe('0.0.0.0');
      }
      for (const secret of Object.keys(env).filter((name) => name.endsWith('_FILE')))
        expect(env[secret]).toMatch(/^\/keys\/(admin-token|regional-token|signing-key)$/);
    },
  );

  it('names stores, ports and Regionals that are there', () => {
    for (const { app, service } of apps) {
      const [profile = ''] = service.profiles;
      const there = new Set(ofProfile(profile));
      const env = service.environment!;
      if (app === 'regional') {
        const { hostname, port } = new URL(env['CIOS_COMMAND_API']!);
        expect(there.has(hostname)).toBe(true);
        expect(file.services[hostname]!.environment!['CIOS_PORT']).toBe(port);
        continue;
      }
      const { eventStore, readStore, blobStore } = settingsFrom({
        CIOS_EVENT_STORE: env['CIOS_EVENT_STORE'],
        CIOS_READ_STORE: env['CIOS_READ_STORE'],
      });
      expect(blobStore).toBe(readStore);
      const hosts = [eventStore, readStore].flatMap((url) =>
        /^\w+:\/\/(?:[^@/]*@)?([^/?]+)/
          .exec(url)![1]!
          .split(',')
          .map((host) => host.split(':')[0]!),
      );
      expect(hosts).toHaveLength(profile === 'cluster' ? 6 : 2);
      expect(hosts.filter((host) => !there.has(host))).toEqual([]);
    }
    const names = apps.flatMap(({ service }) => service.environment?.['CIOS_REGIONAL_NAME'] ?? []);
    expect(new Set(names).size).toBe(3);
  });

  it('waits for what is there, and mounts volumes that are declared', () => {
    for (const [name, { profiles, depends_on = [], volumes = [], healthcheck }] of services) {
      const needed = namesIn(depends_on);
      for (const other of needed)
        expect([name, other, profiles.every((p) => file.services[other]!.profiles.includes(p))]).toEqual([
          name,
          other,
          true,
        ]);
      if (!Array.isArray(depends_on))
        for (const [other, { condition }] of Object.entries(depends_on))
          if (condition === 'service_healthy')
            expect([other, file.services[other]!.healthcheck !== undefined]).toEqual([other, true]);
      for (const volume of volumes) expect(Object.keys(file.volumes)).toContain(volume.split(':')[0]);
      if (!['keys', 'read-store-2', 'read-store-3'].includes(name)) expect(healthcheck).toBeDefined();
    }
  });
});

const openssl = spawnSync('openssl', ['version']).status === 0;

(openssl ? it : it.skip)(
  'makes the keys and certificates that the services name (NOT RUN without openssl)',
  () => {
    const [shell = '', script = '', , ...hosts] = file.services['keys']!.command!;
    const make = () => {
      const { status, stderr } = spawnSync(shell, [script, folder, ...hosts], { encoding: 'utf8' });
      expect([status, stderr]).toEqual([0, '']);
    };
    make();
    const inFolder = (path: string) => path.replace(/^\/keys/, folder);
    const authority = new X509Certificate(readFileSync(join(folder, 'ca.crt')));
    expect(authority.ca).toBe(true);
    expect(hosts).toHaveLength(3);
    for (const host of hosts) {
      const env = file.services[host]!.environment!;
      expect(env['EVENTSTORE_NODE_HOST_ADVERTISE_AS']).toBe(host);
      const certificate = new X509Certificate(readFileSync(inFolder(env['EVENTSTORE_CERTIFICATE_FILE']!)));
      expect(certificate.checkIssued(authority)).toBe(true);
      expect(certificate.verify(authority.publicKey)).toBe(true);
      expect(certificate.subject).toBe('CN=eventstoredb-node');
      expect(certificate.checkHost(host, { subject: 'never' })).toBe(host);
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
      const key = inFolder(env['EVENTSTORE_CERTIFICATE_PRIVATE_KEY_FILE']!);
      expect(statSync(key).mode & 0o077).toBe(0);
      expect(existsSync(join(inFolder(env['EVENTSTORE_TRUSTED_ROOT_CERTIFICATES_PATH']!), 'ca.crt'))).toBe(
        true,
      );
    }
    for (const { service } of apps)
      for (const [name, path] of Object.entries(service.environment!))
        if (name.endsWith('_FILE')) expect(readFileSync(inFolder(path), 'utf8').trim()).toHaveLength(64);
    const before = readFileSync(join(folder, 'admin-token'), 'utf8');
    make();
    expect(readFileSync(join(folder, 'admin-token'), 'utf8')).toBe(before);
  },
);
