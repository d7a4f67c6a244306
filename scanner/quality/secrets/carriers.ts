/** The forms in which a secret gets into an image: a file of some format, a step of the history, a layer further down. */
import type { SeededText } from './seeded-text.ts';

/** What a carrier is given: the name in the styles of languages, and the value. */
export interface Carried {
  /** `AWS_SECRET_ACCESS_KEY` */
  capitals: string;
  /** `aws_secret_access_key` */
  snake: string;
  /** `awsSecretAccessKey` */
  camel: string;
  /** `aws-secret-access-key` */
  kebab: string;
  value: string;
  text: SeededText;
}

export interface Carrier {
  name: string;
  path: string;
  /** The lines of the file that hold the secret. */
  lines: (carried: Carried) => string;
  before?: string;
  after?: string;
  encoding?: 'utf16le' | 'utf16be' | 'crlf' | 'binary';
  /** Where it stands when not in a file of the top layer. */
  place?: 'lower-layer' | 'history' | 'environment';
  /** Can hold a value of several lines; it is told in which way. */
  block?: boolean;
  /** The name is not beside the value. */
  withoutName?: boolean;
}

const escaped = (value: string) => JSON.stringify(value).slice(1, -1);
const singleLine = (value: string) => value.replaceAll('\n', '\\n');
const indented = (value: string, by: string) => value.replaceAll('\n', `\n${by}`);
const forXml = (value: string) => value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

/** Code of a bundler: one long line of short names. */
function bundle(text: SeededText): string {
  let code = '!function(e,t){"use strict";';
  for (let count = 0; count < 150; count++) {
    const [a, b] = [text.text(2, 'abcdefghijk'), text.text(3, 'lmnopqrstu')];
    code += `var ${a}${count}=function(e,t){return void 0===e?${count}:t(e.${b},"${text.text(5, 'abcdefgh')}")};`;
  }
  return code;
}

export const carriers: readonly Carrier[] = [
  {
    name: 'dotenv',
    path: 'app/.env',
    before: 'NODE_ENV=production\nPORT=8080\n',
    lines: ({ capitals, value }) => `${capitals}=${singleLine(value)}`,
    after: 'LOG_LEVEL=info\n',
    block: true,
  },
  {
    name: 'yaml',
    path: 'app/config/production.yaml',
    before: 'service:\n  name: orders\n',
    lines: ({ snake, value }) =>
      value.includes('\n') ? `  ${snake}: |\n    ${indented(value, '    ')}` : `  ${snake}: ${yamlText(value)}`,
    after: '  replicas: 3\n',
    block: true,
  },
  {
    name: 'json',
    path: 'app/config.json',
    before: '{\n  "name": "orders",\n',
    lines: ({ camel, value }) => `  "${camel}": "${escaped(value)}",`,
    after: '  "retries": 3\n}\n',
    block: true,
  },
  {
    name: 'json-snake',
    path: 'srv/settings.json',
    before: '{"name": "orders",\n',
    lines: ({ snake, value }) => `"${snake}":"${escaped(value)}",`,
    after: '"retries":3}\n',
    block: true,
  },
  {
    name: 'ini',
    path: 'etc/orders/orders.ini',
    before: '[service]\nname = orders\n',
    lines: ({ snake, value }) => `${snake} = ${value}`,
    after: '; the rest is as installed\n',
  },
  {
    name: 'toml',
    path: 'etc/orders/config.toml',
    before: '[service]\nname = "orders"\n',
    lines: ({ snake, value }) => `${snake} = "${escaped(value)}"`,
    after: 'retries = 3\n',
  },
  {
    name: 'properties',
    path: 'app/application.properties',
    before: 'spring.application.name=orders\n',
    lines: ({ snake, value }) => `${snake.replaceAll('_', '.')}=${value}`,
    after: 'server.port=8080\n',
  },
  {
    name: 'xml',
    path: 'app/web.config',
    before: '<configuration>\n  <appSettings>\n',
    lines: ({ camel, value }) => `    <add key="${camel}" value="${forXml(value)}" />`,
    after: '  </appSettings>\n</configuration>\n',
  },
  {
    name: 'xml-element',
    path: 'app/settings.xml',
    before: '<?xml version="1.0"?>\n<settings>\n',
    lines: ({ kebab, value }) => `  <${kebab}>${forXml(value)}</${kebab}>`,
    after: '</settings>\n',
  },
  {
    name: 'javascript',
    path: 'app/src/client.js',
    before: "import { connect } from './connect.js';\n",
    lines: ({ camel, value }) =>
      value.includes('\n') ? `const ${camel} = \`${value}\`;` : `const ${camel} = '${value}';`,
    after: 'export const client = connect({ retries: 3 });\n',
    block: true,
  },
  {
    name: 'typescript-object',
    path: 'app/src/options.ts',
    before: 'export const options: Options = {\n',
    lines: ({ camel, value }) => `  ${camel}: '${escaped(value)}',`,
    after: '};\n',
  },
  {
    name: 'python',
    path: 'app/settings.py',
    before: 'import os\n\nDEBUG = False\n',
    lines: ({ capitals, value }) =>
      value.includes('\n') ? `${capitals} = """${value}"""` : `${capitals} = "${value}"`,
    after: 'ALLOWED_HOSTS = ["orders.internal"]\n',
    block: true,
  },
  {
    name: 'python-call',
    path: 'app/worker.py',
    before: 'def run():\n',
    lines: ({ snake, value }) => `    client = Client(${snake}='${escaped(value)}', timeout=30)`,
    after: '    client.run()\n',
  },
  {
    name: 'go',
    path: 'app/main.go',
    before: 'package main\n\nfunc main() {\n',
    lines: ({ camel, value }) => `\t${camel} := "${escaped(value)}"`,
    after: `\trun()\n}\n`,
    block: true,
  },
  {
    name: 'java',
    path: 'app/src/Client.java',
    before: 'public class Client {\n',
    lines: ({ capitals, value }) => `  private static final String ${capitals} = "${escaped(value)}";`,
    after: '}\n',
    block: true,
  },
  {
    name: 'csharp',
    path: 'app/Client.cs',
    before: 'public class Client {\n',
    lines: ({ camel, value }) => `    private const string ${camel} = "${escaped(value)}";`,
    after: '}\n',
  },
  {
    name: 'ruby',
    path: 'app/config/initializers/client.rb',
    before: 'Client.configure do |config|\n',
    lines: ({ snake, value }) => `  config.${snake} = '${escaped(value)}'`,
    after: 'end\n',
  },
  {
    name: 'php',
    path: 'var/www/config.php',
    before: '<?php\n',
    lines: ({ capitals, value }) => `define('${capitals}', '${escaped(value)}');`,
    after: "define('WP_DEBUG', false);\n",
  },
  {
    name: 'php-array',
    path: 'var/www/config/services.php',
    before: '<?php\nreturn [\n',
    lines: ({ snake, value }) => `    '${snake}' => '${escaped(value)}',`,
    after: '];\n',
  },
  {
    name: 'shell',
    path: 'usr/local/bin/start.sh',
    before: '#!/bin/sh\nset -e\n',
    lines: ({ capitals, value }) => `export ${capitals}="${value}"`,
    after: 'exec orders "$@"\n',
  },
  {
    name: 'shell-history',
    path: 'root/.bash_history',
    before: 'ls -la\ncd /srv\n',
    lines: ({ capitals, value }) => `export ${capitals}='${value}'`,
    after: 'make deploy\nexit\n',
  },
  {
    name: 'command-line',
    path: 'root/.ash_history',
    before: 'apk add curl\n',
    lines: ({ kebab, value }) => `orders deploy --${kebab} "${value}" --region eu-west-1`,
    after: 'exit\n',
  },
  {
    name: 'header',
    path: 'home/dev/.zsh_history',
    before: ': 1700000000:0;cd work\n',
    lines: ({ value }) => `: 1700000100:0;curl -s -H "X-Auth: ${value}" https://api.orders.internal/v1/me`,
    withoutName: true,
  },
  {
    name: 'dockerfile',
    path: 'app/Dockerfile',
    before: 'FROM debian:12\n',
    lines: ({ capitals, value }) => `ENV ${capitals}=${value}`,
    after: 'CMD ["orders"]\n',
  },
  {
    name: 'dockerfile-old',
    path: 'app/build/Dockerfile',
    before: 'FROM debian:12\n',
    lines: ({ capitals, value }) => `ENV ${capitals} ${value}`,
    after: 'CMD ["orders"]\n',
  },
  {
    name: 'compose',
    path: 'app/docker-compose.yml',
    before: 'services:\n  orders:\n    environment:\n',
    lines: ({ capitals, value }) => `      - ${capitals}=${value}`,
    after: '    restart: always\n',
  },
  {
    name: 'kubernetes',
    path: 'app/deploy/deployment.yaml',
    before: 'spec:\n  containers:\n    - name: orders\n      env:\n',
    lines: ({ capitals, value }) => `        - name: ${capitals}\n          value: "${value}"`,
    after: '        - name: TZ\n          value: UTC\n',
  },
  {
    name: 'terraform',
    path: 'app/infra/terraform.tfvars',
    before: 'region = "eu-west-1"\n',
    lines: ({ snake, value }) => `${snake} = "${value}"`,
    after: 'replicas = 3\n',
  },
  {
    name: 'systemd',
    path: 'etc/systemd/system/orders.service',
    before: '[Service]\nExecStart=/usr/bin/orders\n',
    lines: ({ capitals, value }) => `Environment="${capitals}=${value}"`,
    after: '[Install]\nWantedBy=multi-user.target\n',
  },
  {
    name: 'notebook',
    path: 'home/dev/orders.ipynb',
    before: '{"cells": [{"cell_type": "code", "source": [\n',
    lines: ({ snake, value }) => `    "${snake} = \\"${escaped(value)}\\"\\n",`,
    after: '    "run()\\n"]}]}\n',
  },
  {
    name: 'log',
    path: 'var/log/orders.log',
    before: '2026-01-02T03:04:05Z INFO started\n',
    lines: ({ snake, value }) => `2026-01-02T03:04:06Z DEBUG options ${snake}=${value} retries=3`,
    after: '2026-01-02T03:04:07Z INFO ready\n',
  },
  {
    name: 'sql',
    path: 'srv/backup/dump.sql',
    before: 'INSERT INTO settings (name, value) VALUES\n',
    lines: ({ snake, value }) => `('${snake}', '${escaped(value)}'),`,
    after: "('retries', '3');\n",
  },
  {
    name: 'csv',
    path: 'home/dev/accounts.csv',
    before: 'name,value\nregion,eu-west-1\n',
    lines: ({ snake, value }) => `${snake},${value}`,
    after: 'retries,3\n',
  },
  {
    name: 'markdown',
    path: 'srv/app/NOTES.md',
    before: '# Orders\n\nSet this before you start it:\n\n',
    lines: ({ capitals, value }) => `    export ${capitals}=${value}`,
    after: '\nThen run it.\n',
  },
  {
    name: 'minified',
    path: 'var/www/html/assets/app.min.js',
    lines: ({ camel, value, text }) =>
      `${bundle(text)}e.options={${camel}:"${escaped(value)}",retries:3};${bundle(text)}}(window);`,
  },
  {
    name: 'crlf',
    path: 'app/windows.env',
    encoding: 'crlf',
    before: 'NODE_ENV=production\n',
    lines: ({ capitals, value }) => `${capitals}=${value}`,
    after: 'PORT=8080\n',
    block: true,
  },
  {
    name: 'utf16le',
    path: 'app/settings.reg',
    encoding: 'utf16le',
    before: 'Settings of the service\n',
    lines: ({ capitals, value }) => `${capitals}=${value}`,
    after: 'PORT=8080\n',
    block: true,
  },
  {
    name: 'utf16be',
    path: 'app/export.txt',
    encoding: 'utf16be',
    before: 'Settings of the service\n',
    lines: ({ snake, value }) => `${snake}: "${value}"`,
    after: 'port: 8080\n',
    block: true,
  },
  {
    name: 'binary',
    path: 'var/lib/orders/state.db',
    encoding: 'binary',
    lines: ({ value }) => value,
    withoutName: true,
    block: true,
  },
  {
    name: 'deleted',
    path: 'app/build.env',
    place: 'lower-layer',
    before: 'CI=true\n',
    lines: ({ capitals, value }) => `${capitals}=${singleLine(value)}`,
    block: true,
  },
  {
    name: 'history-run',
    path: 'history',
    place: 'history',
    lines: ({ capitals, value }) => `RUN /bin/sh -c export ${capitals}=${value} && make install # buildkit`,
  },
  {
    name: 'history-arg',
    path: 'history',
    place: 'history',
    lines: ({ capitals, value }) => `RUN |1 ${capitals}=${value} /bin/sh -c make install # buildkit`,
  },
  {
    name: 'environment',
    path: 'env',
    place: 'environment',
    lines: ({ capitals, value }) => `${capitals}=${value}`,
    block: true,
  },
];

function yamlText(value: string): string {
  return /^[\w./:@-]+$/.test(value) ? value : `'${value}'`;
}
