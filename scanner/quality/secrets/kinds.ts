/** Kinds of secrets, in the form that their services' documentation gives; made anew here, not taken from the rules. */
import { alphanumeric, base64, digits, lower, type SeededText, upper, urlSafe } from './seeded-text.ts';

export interface SecretKind {
  name: string;
  /** Rules of ours that name it rightly. */
  rules: readonly string[];
  /** The words of the variable that holds it, as in `aws secret access key`. */
  variable: string;
  /** Whether it is known by its own form, wherever it stands; else only beside its name. */
  telling: boolean;
  /** May hold line feeds: a key in PEM. */
  make(text: SeededText): string;
}

const word = (text: SeededText) => text.text(6, lower);

function pem(label: string, text: SeededText, byteCount: number): string {
  const body = text.base64Of(byteCount).replaceAll(/(.{64})/g, '$1\n');
  return `-----BEGIN ${label}-----\n${body.trimEnd()}\n-----END ${label}-----`;
}

function jwt(text: SeededText): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { sub: text.text(10, digits), name: word(text), iat: 1_700_000_000 + text.below(9_000_000) };
  return `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}.${text.text(43, urlSafe)}`;
}

function databaseAddress(text: SeededText): string {
  const [scheme, port] = text.pick([
    ['postgres', 5432],
    ['postgresql', 5432],
    ['mysql', 3306],
    ['mongodb', 27_017],
    ['redis', 6379],
    ['amqp', 5672],
  ] as const);
  return `${scheme}://${word(text)}:${text.text(16)}@${word(text)}.internal:${port}/${word(text)}`;
}

function serviceAccount(text: SeededText): string {
  const key = `${pem('PRIVATE KEY', text, 900)}\n`;
  return JSON.stringify({ type: 'service_account', private_key_id: text.hex(40), private_key: key });
}

const telling: readonly [string, readonly string[], string, (text: SeededText) => string][] = [
  ['aws-access-key', ['aws-access-key-id'], 'aws access key id', (t) => `AKIA${t.text(16, `${upper}234567`)}`],
  [
    'azure-storage',
    ['azure-storage-key'],
    'azure storage connection string',
    (t) =>
      `DefaultEndpointsProtocol=https;AccountName=${word(t)};AccountKey=${t.text(86, base64)}==;EndpointSuffix=core.windows.net`,
  ],
  ['gcp-api', ['gcp-api-key'], 'google maps api key', (t) => `AIza${t.text(35, urlSafe)}`],
  ['github', ['github-token'], 'github token', (t) => `ghp_${t.text(36)}`],
  ['github-fine', ['github-fine-grained-token'], 'gh token', (t) => `github_pat_${t.text(22)}_${t.text(59)}`],
  ['gitlab', ['gitlab-token'], 'gitlab token', (t) => `glpat-${t.text(20, urlSafe)}`],
  [
    'slack',
    ['slack-token'],
    'slack bot token',
    (t) => `xoxb-${t.text(12, '123456789')}-${t.text(13, '123456789')}-${t.text(24)}`,
  ],
  [
    'slack-webhook',
    ['slack-webhook'],
    'slack webhook url',
    (t) =>
      `https://hooks.slack.com/services/T0${t.text(9, upper + digits)}/B0${t.text(9, upper + digits)}/${t.text(24)}`,
  ],
  ['stripe', ['stripe-key'], 'stripe secret key', (t) => `sk_live_51${t.text(97)}`],
  ['twilio', ['twilio-key', 'twilio-api-key'], 'twilio api key', (t) => `SK${t.hex(32)}`],
  ['sendgrid', ['sendgrid-api-key'], 'sendgrid api key', (t) => `SG.${t.text(22, urlSafe)}.${t.text(43, urlSafe)}`],
  ['npm', ['npm-token', 'npmrc-auth-token'], 'npm token', (t) => `npm_${t.text(36)}`],
  ['pypi', ['pypi-upload-token'], 'pypi token', (t) => `pypi-AgEIcHlwaS5vcmc${t.text(140, urlSafe)}`],
  ['docker-hub', ['docker-hub-token'], 'docker hub token', (t) => `dckr_pat_${t.text(27, urlSafe)}`],
  ['digitalocean', ['digitalocean-token'], 'digitalocean token', (t) => `dop_v1_${t.hex(64)}`],
  [
    'openai',
    ['openai-api-key'],
    'openai api key',
    (t) => `sk-proj-${t.text(74, urlSafe)}T3BlbkFJ${t.text(73, urlSafe)}A`,
  ],
  ['anthropic', ['anthropic-api-key'], 'anthropic api key', (t) => `sk-ant-api03-${t.text(93, urlSafe)}AA`],
  ['hugging-face', ['hugging-face-token'], 'hf token', (t) => `hf_${t.text(34, upper + lower)}`],
  ['rsa-key', ['private-key'], 'tls key', (t) => pem('RSA PRIVATE KEY', t, 1190)],
  ['openssh-key', ['private-key'], 'deploy key', (t) => pem('OPENSSH PRIVATE KEY', t, 400)],
  ['ec-key', ['private-key'], 'signing key', (t) => pem('EC PRIVATE KEY', t, 121)],
  ['gcp-account', ['gcp-service-account-key', 'private-key'], 'google credentials', serviceAccount],
  ['jwt', ['json-web-token'], 'service jwt', jwt],
  ['database-address', ['database-url-password'], 'database url', databaseAddress],
  ['tencent-id', ['tencent-cloud-secret-id'], 'tencentcloud secret id', (t) => `AKID${t.text(32)}`],
  ['alibaba-id', ['alibaba-cloud-access-key-id'], 'alibaba cloud access key id', (t) => `LTAI5t${t.text(18)}`],
  ['vault', ['vault-token'], 'vault token', (t) => `hvs.${t.text(92, urlSafe)}`],
  ['terraform', ['terraform-cloud-token'], 'tfe token', (t) => `${t.text(14)}.atlasv1.${t.text(67)}`],
  [
    'telegram',
    ['telegram-bot-token'],
    'telegram bot token',
    (t) => `${t.text(10, '123456789')}:AA${t.text(33, urlSafe)}`,
  ],
  [
    'discord-webhook',
    ['discord-webhook'],
    'discord webhook url',
    (t) => `https://discord.com/api/webhooks/${t.text(18, '123456789')}/${t.text(68, urlSafe)}`,
  ],
  ['shopify', ['shopify-token'], 'shopify access token', (t) => `shpat_${t.hex(32)}`],
  ['square', ['square-access-token'], 'square access token', (t) => `EAAA${t.text(60, urlSafe)}`],
  ['databricks', ['databricks-token'], 'databricks token', (t) => `dapi${t.hex(32)}`],
  ['grafana', ['grafana-token'], 'grafana token', (t) => `glsa_${t.text(32)}_${t.hex(8)}`],
  ['new-relic', ['new-relic-key'], 'new relic api key', (t) => `NRAK-${t.text(27, upper + digits)}`],
  ['linear', ['linear-api-key'], 'linear api key', (t) => `lin_api_${t.text(40)}`],
  ['postman', ['postman-api-key'], 'postman api key', (t) => `PMAK-${t.hex(24)}-${t.hex(34)}`],
  [
    'wecom-webhook',
    ['wecom-webhook'],
    'wecom webhook',
    (t) => `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${t.uuid()}`,
  ],
  [
    'feishu-webhook',
    ['feishu-webhook'],
    'feishu webhook',
    (t) => `https://open.feishu.cn/open-apis/bot/v2/hook/${t.uuid()}`,
  ],
  [
    'age-key',
    ['age-secret-key'],
    'sops age key',
    (t) => `AGE-SECRET-KEY-1${t.text(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')}`,
  ],
];

const named: typeof telling = [
  ['aws-secret', ['aws-secret-access-key'], 'aws secret access key', (t) => t.text(40, base64)],
  ['tencent-key', ['tencent-cloud-secret-key'], 'tencentcloud secret key', (t) => t.text(32)],
  ['alibaba-key', ['alibaba-cloud-access-key-secret'], 'alibaba cloud access key secret', (t) => t.text(30)],
  ['cloudflare', ['cloudflare-api-token'], 'cloudflare api token', (t) => t.text(40, urlSafe)],
  ['datadog', ['datadog-api-key'], 'datadog api key', (t) => t.hex(32)],
  ['mailgun', ['mailgun-private-key'], 'mailgun api key', (t) => `${t.hex(32)}-${t.hex(8)}-${t.hex(8)}`],
  [
    'password',
    [],
    'database password',
    (t) => `${t.text(9)}${t.pick(['!', '_', '-', '%', '='])}${t.text(9, alphanumeric)}`,
  ],
];

export const secretKinds: readonly SecretKind[] = [
  ...telling.map(([name, rules, variable, make]) => ({ name, rules, variable, telling: true, make })),
  ...named.map(([name, rules, variable, make]) => ({ name, rules, variable, telling: false, make })),
];
