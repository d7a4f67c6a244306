/** Text that looks like secrets and is none: what images are full of. */
import { alphanumeric, base64, digits, lower, SeededText, upper, urlSafe } from './seeded-text.ts';

export interface Decoy {
  family: string;
  path: string;
  content: string | Buffer;
}

interface Family {
  name: string;
  path: (number: number) => string;
  make: (text: SeededText, number: number) => string | Buffer;
}

const word = (text: SeededText) => text.text(4 + text.below(6), lower);
const lines = (count: number, line: (number: number) => string) =>
  `${Array.from({ length: count }, (_, number) => line(number)).join('\n')}\n`;
const wrapped = (text: string) => text.replaceAll(/(.{64})/g, '$1\n').trimEnd();

function block(label: string, body: string): string {
  return `-----BEGIN ${label}-----\n${wrapped(body)}\n-----END ${label}-----\n`;
}

function identifiers(text: SeededText): string {
  return lines(1, () =>
    Array.from(
      { length: 120 },
      (_, number) =>
        `var ${text.text(2, lower)}${number}=${text.pick(['token', 'key', 'secret', 'password', 'auth'])}=>` +
        `${text.text(1, lower)}.${text.pick(['token', 'apiKey', 'password', 'secretKey', 'authToken'])}` +
        `||${text.pick(['"invalid password"', 'null', 'void 0', '"token"', '""'])};`,
    ).join(''),
  );
}

const placeholders = [
  'changeme',
  'CHANGE_ME',
  '<your-api-key>',
  'your_api_key_here',
  'YOUR_SECRET_KEY',
  'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  '****************',
  '${API_KEY}',
  '$API_KEY',
  '{{ .Values.apiKey }}',
  '{{ api_key }}',
  '%(api_key)s',
  '$(cat /run/secrets/api_key)',
  '@@API_KEY@@',
  'REPLACE_ME_WITH_A_REAL_KEY',
  'insert-key-here',
  'password',
  'secret',
  'test',
  'dummy',
  'my-secret-token',
  'example-api-key',
  'todo',
  '...',
] as const;

const documented = [
  'AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE',
  'AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  'aws_access_key_id = AKIAI44QH8DHBEXAMPLE',
  'aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY',
  'export GITHUB_TOKEN=ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'curl -H "Authorization: Bearer $TOKEN" https://api.example.com/v1/me',
  'curl -H "Authorization: Bearer <token>" https://api.example.com/v1/me',
  'postgres://user:password@localhost:5432/database',
  'mysql://root:secret@db.example.com/app',
  'https://user:pass@example.com/path',
  'xoxb-your-token-here',
  'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx',
  'SLACK_WEBHOOK=https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
  'export OPENAI_API_KEY=sk-...',
  'AIzaSy...your-key...',
  '-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----',
  'password: hunter2',
  'docker login -u user --password-stdin',
  'api_key = os.environ["API_KEY"]',
  'DATABASE_URL=postgresql://${DB_USER}:${DB_PASSWORD}@${DB_HOST}/app',
] as const;

const code = [
  'const token = await getToken(request);',
  'password = input("Password: ")',
  'apiKey: process.env.API_KEY,',
  'secret_key = os.environ.get("SECRET_KEY")',
  'if (token !== expectedToken) throw new UnauthorizedError("invalid token");',
  'private final PasswordEncoder passwordEncoder = new BCryptPasswordEncoder();',
  'token = self.tokenizer.next_token()',
  'accessKey := flag.String("access-key", "", "access key of the store")',
  'export const AUTH_TOKEN_HEADER = "X-Auth-Token";',
  'const PASSWORD_RESET_PATH = "/account/password/reset";',
  'self.api_token = config.get("api_token", None)',
  'public static final String TOKEN_PREFIX = "Bearer ";',
  'String password = credentials.getPassword().toString();',
  'token_type = "urn:ietf:params:oauth:grant-type:jwt-bearer"',
  'secretKeyRef: { name: orders, key: database-password }',
  'passwordField.setAttribute("autocomplete", "current-password");',
  'var secretManagerName = "projects/orders/secrets/api-key/versions/latest";',
  'const tokenEndpoint = "https://login.orders.internal/oauth2/v2.0/token";',
  'define("PASSWORD_DEFAULT_ALGORITHM", "argon2id");',
  'keyword_arguments = {"secret": None, "token": token}',
] as const;

const translations = [
  '"password": "Passwort eingeben"',
  '"auth.token.expired": "Votre jeton a expiré, veuillez vous reconnecter"',
  '"secretKey": "密钥"',
  '"apiKey.description": "Used to sign requests to the service"',
  '"login.password.tooShort": "Password must have at least 12 characters"',
  '"accessToken.label": "Access token (optional)"',
] as const;

const families: readonly Family[] = [
  {
    name: 'checksums',
    path: (n) => `srv/downloads/${n}/SHA256SUMS`,
    make: (t) => lines(12, () => `${t.hex(64)}  ${word(t)}-${t.below(9)}.${t.below(9)}.tar.gz`),
  },
  {
    name: 'short-checksums',
    path: (n) => `srv/downloads/${n}/manifest.txt`,
    make: (t) => lines(8, () => `${word(t)}.bin md5=${t.hex(32)} sha1=${t.hex(40)}`),
  },
  {
    name: 'uuids',
    path: (n) => `app/data/${n}.yaml`,
    make: (t) =>
      lines(8, () => `${t.pick(['id', 'request_id', 'tenant', 'key_id', 'client_id', 'session'])}: ${t.uuid()}`),
  },
  { name: 'minified-code', path: (n) => `var/www/assets/vendor-${n}.min.js`, make: identifiers },
  {
    name: 'npm-lock',
    path: (n) => `app/${n}/package-lock.json`,
    make: (t) =>
      lines(
        6,
        () =>
          `"node_modules/${t.pick(['token-types', 'js-tokens', 'keyv', 'password-prompt', word(t)])}": {"version": "1.${t.below(9)}.0", ` +
          `"resolved": "https://registry.npmjs.org/${word(t)}/-/${word(t)}-1.0.0.tgz", "integrity": "sha512-${t.base64Of(64)}"},`,
      ),
  },
  {
    name: 'yarn-lock',
    path: (n) => `app/${n}/yarn.lock`,
    make: (t) =>
      lines(
        5,
        () =>
          `js-tokens@^${t.below(9)}.0.0:\n  version "4.0.0"\n  resolved "https://registry.yarnpkg.com/js-tokens/-/js-tokens-4.0.0.tgz#${t.hex(40)}"\n` +
          `  integrity sha512-${t.base64Of(64)}\n`,
      ),
  },
  {
    name: 'cargo-lock',
    path: (n) => `app/${n}/Cargo.lock`,
    make: (t) =>
      lines(
        6,
        () => `[[package]]\nname = "secret-${word(t)}"\nversion = "0.${t.below(9)}.1"\nchecksum = "${t.hex(64)}"\n`,
      ),
  },
  {
    name: 'python-lock',
    path: (n) => `app/${n}/poetry.lock`,
    make: (t) =>
      lines(8, () => `    {file = "keyring-${t.below(30)}.0-py3-none-any.whl", hash = "sha256:${t.hex(64)}"},`),
  },
  {
    name: 'documentation',
    path: (n) => `app/docs/${n}.md`,
    make: (t) => `# ${word(t)}\n\n${lines(4, () => `    ${t.pick(documented)}`)}`,
  },
  {
    name: 'placeholders',
    path: (n) => `app/config/${n}.env.dist`,
    make: (t) =>
      lines(
        6,
        () =>
          `${t.pick(['API_KEY', 'SECRET_KEY', 'DB_PASSWORD', 'GITHUB_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'STRIPE_SECRET_KEY'])}=${t.pick(placeholders)}`,
      ),
  },
  {
    name: 'placeholders-json',
    path: (n) => `app/config/${n}.json`,
    make: (t) =>
      `{${lines(5, () => `"${t.pick(['apiKey', 'clientSecret', 'password', 'accessToken', 'privateKey'])}": "${t.pick(placeholders)}",`)}"x": 1}`,
  },
  {
    name: 'public-keys',
    path: (n) => `etc/keys/${n}.pub`,
    make: (t) =>
      t.pick([
        () => block('PUBLIC KEY', `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A${t.base64Of(270)}`),
        () => block('RSA PUBLIC KEY', `MIIBCgKCAQEA${t.base64Of(255)}`),
        () => `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${t.text(340, base64)} dev@orders\n`,
        () => `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${t.text(43, base64)} dev@orders\n`,
        () => block('PGP PUBLIC KEY BLOCK', `mQINB${t.base64Of(800)}`),
        () => `public_key = "${t.base64Of(32)}"\n`,
      ])(),
  },
  {
    name: 'certificates',
    path: (n) => `etc/ssl/own/${n}.pem`,
    make: (t) =>
      block(t.pick(['CERTIFICATE', 'CERTIFICATE REQUEST', 'X509 CRL', 'DH PARAMETERS']), `MIID${t.base64Of(720)}`),
  },
  {
    name: 'git-references',
    path: (n) => `srv/repo-${n}/.git/packed-refs`,
    make: (t) =>
      `# pack-refs with: peeled fully-peeled sorted\n${lines(15, () => `${t.hex(40)} refs/tags/v${t.below(90)}.0\n^${t.hex(40)}`)}`,
  },
  {
    name: 'git-objects',
    path: (n) => `srv/repo-${n}/.git/objects/pack/pack-${n}.idx`,
    make: (t) => Buffer.concat([Buffer.from([0xff, 0x74, 0x4f, 0x63]), t.bytes(2000)]),
  },
  {
    name: 'pictures-in-styles',
    path: (n) => `var/www/css/${n}.css`,
    make: (t) =>
      lines(
        3,
        () => `.${word(t)}{background:url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${t.text(900, base64)}==)}`,
      ),
  },
  {
    name: 'source-maps',
    path: (n) => `var/www/js/${n}.js.map`,
    make: (t) =>
      `{"version":3,"sources":["token.ts","password.ts"],"names":["token","secret"],"mappings":"${Array.from(
        { length: 400 },
        () => t.text(4 + t.below(3), `${upper}${lower}`),
      ).join(t.pick([',', ';']))}"}`,
  },
  { name: 'code', path: (n) => `app/src/${n}.ts`, make: (t) => lines(8, () => t.pick(code)) },
  {
    name: 'translations',
    path: (n) => `app/locales/${n}.json`,
    make: (t) => `{\n${lines(5, () => `  ${t.pick(translations)},`)}"x": ""}\n`,
  },
  {
    name: 'image-digests',
    path: (n) => `app/deploy/${n}.yaml`,
    make: (t) =>
      `image: registry.orders.internal/${word(t)}@sha256:${t.hex(64)}\nenv:\n  - name: API_TOKEN\n    valueFrom:\n      secretKeyRef: {name: ${word(t)}, key: token}\n` +
      `imagePullSecrets:\n  - name: ${word(t)}-registry\nresourceVersion: "${t.text(9, digits)}"\nuid: ${t.uuid()}\n`,
  },
  {
    name: 'script-integrity',
    path: (n) => `var/www/${n}.html`,
    make: (t) =>
      lines(
        4,
        () =>
          `<script src="/assets/auth-token-${t.hex(8)}.js" integrity="sha384-${t.base64Of(48)}" crossorigin></script>`,
      ),
  },
  {
    name: 'encrypted',
    path: (n) => `app/vault/${n}.yml`,
    make: (t) =>
      t.pick([
        () => `$ANSIBLE_VAULT;1.1;AES256\n${lines(6, () => t.hex(80))}`,
        () => `password: ENC[AES256_GCM,data:${t.base64Of(24)},iv:${t.base64Of(32)},tag:${t.base64Of(16)},type:str]\n`,
        () => `kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgB${t.text(600, base64)}\n`,
        () => `api_token: !vault |\n  $ANSIBLE_VAULT;1.2;AES256;prod\n${lines(4, () => `  ${t.hex(80)}`)}`,
      ])(),
  },
  {
    name: 'cache-keys',
    path: (n) => `var/cache/orders/${n}.json`,
    make: (t) =>
      `{${lines(5, () => `"${t.pick(['cache_key', 'etag', 'partition_key', 'sort_key', 'idempotency_key', 'public_key'])}": "${t.pick([t.hex(32), t.hex(40), `W/${t.hex(16)}`])}",`)}"x":1}`,
  },
  {
    name: 'asset-manifest',
    path: (n) => `var/www/build/${n}.json`,
    make: (t) => `{${lines(10, () => `"${word(t)}.js": "/static/js/${word(t)}.${t.hex(20)}.chunk.js",`)}"x": ""}`,
  },
  {
    name: 'log-lines',
    path: (n) => `var/log/orders/${n}.log`,
    make: (t) =>
      lines(
        8,
        () =>
          `2026-01-02T03:04:05Z INFO trace_id=${t.hex(32)} span_id=${t.hex(16)} token accepted for user ${word(t)} in ${t.below(90)} ms`,
      ),
  },
  {
    name: 'words',
    path: (n) => `usr/share/dict/${n}.txt`,
    make: (t) =>
      lines(60, () => `${word(t)}${t.pick(['secret', 'token', 'password', 'apikey', 'akid', 'sk'])}${word(t)}`),
  },
  {
    name: 'tables',
    path: (n) => `app/migrations/${n}.sql`,
    make: (t) =>
      `CREATE TABLE accounts (password_hash varchar(255) NOT NULL, api_token_id uuid, secret_key_name text);\n` +
      lines(
        4,
        () => `ALTER TABLE ${word(t)} ADD COLUMN access_token_expires_at timestamptz DEFAULT '2026-01-01 00:00:00';`,
      ),
  },
  {
    name: 'programs',
    path: (n) => `usr/local/lib/${n}.bin`,
    make: (t) => Buffer.concat([t.bytes(800), Buffer.from('password\0token\0secret_key\0'), t.bytes(800)]),
  },
  {
    name: 'nonces',
    path: (n) => `app/state/${n}.toml`,
    make: (t) =>
      lines(
        5,
        () =>
          `${t.pick(['nonce', 'salt', 'iv', 'fingerprint', 'thumbprint', 'commit'])} = "${t.pick([t.hex(32), t.base64Of(16), t.text(22, urlSafe)])}"`,
      ),
  },
  {
    name: 'base64-data',
    path: (n) => `app/data/${n}.txt`,
    make: (t) => lines(10, () => t.text(76, `${alphanumeric}+/`)),
  },
];

/** As many as asked for, of each family about the same number. */
export function decoys(count: number, seed: string): Decoy[] {
  return Array.from({ length: count }, (_, index): Decoy => {
    const family = families[index % families.length] as Family;
    const number = Math.floor(index / families.length);
    const text = new SeededText(`${seed} ${family.name} ${number}`);
    return { family: family.name, path: family.path(number), content: family.make(text, number) };
  });
}

export const decoyFamilies: readonly string[] = families.map(({ name }) => name);
