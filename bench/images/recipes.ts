import { alpine } from './alpine.ts';
import { debian } from './debian.ts';
import { go } from './go.ts';
import { java } from './java.ts';
import type { Layer } from './layer.ts';
import { node } from './node.ts';
import { python } from './python.ts';
import { rpm } from './rpm.ts';

const base = ['base-files', 'bash', 'coreutils', 'dpkg', 'apt', 'util-linux', 'login', 'mount', 'tzdata'];
const tools = ['python3', 'git', 'curl', 'nginx-light'];

/** What is measured, the smallest first, from the bottom up. `medium` has a bit of everything, `big` much of it in 20 layers. */
const measured: Readonly<Record<string, readonly Layer[]>> = {
  alpine: [alpine('3.20.3')],
  small: [debian(...base)],
  medium: [
    debian(...base),
    debian(...tools),
    python('django==4.2.0', 'requests==2.28.0', 'numpy==1.26.0', 'pillow==10.0.0', 'sqlalchemy==2.0.0'),
    node('express@4.18.0', 'lodash@4.17.20', 'webpack@5.75.0', 'eslint@8.30.0'),
  ],
  go: [
    debian(...base),
    go(
      ['linux/amd64'],
      'github.com/caddyserver/caddy/v2/cmd/caddy@v2.8.4',
      'github.com/prometheus/node_exporter@v1.8.2',
    ),
    go(['linux/arm64', 'windows/amd64', 'darwin/arm64'], 'github.com/mikefarah/yq/v4@v4.44.1'),
  ],
  java: [
    debian(...base, 'openjdk-17-jre-headless'),
    java({
      artifacts: [
        'org.springframework.boot:spring-boot-starter-data-jpa:2.7.5',
        'org.springframework.boot:spring-boot-starter-web:2.7.5',
        'org.apache.solr:solr-solrj:8.11.2',
        'com.amazonaws:aws-java-sdk-s3:1.12.300',
        'com.azure:azure-storage-blob:12.19.1',
        'com.google.cloud:google-cloud-storage:2.13.0',
        'io.ktor:ktor-server-netty-jvm:2.1.2',
        'io.micronaut:micronaut-http-server-netty:3.7.2',
        'io.quarkus:quarkus-resteasy:2.13.0.Final',
        'org.apache.activemq:activemq-client:5.17.1',
        'org.apache.cxf:cxf-rt-frontend-jaxws:3.5.3',
        'org.apache.flink:flink-runtime:1.15.2',
        'org.apache.kafka:kafka-clients:3.3.1',
        'org.apache.pulsar:pulsar-client:2.10.2',
        'org.apache.spark:spark-core_2.12:3.3.1',
        'org.apache.struts:struts2-core:2.5.30',
        'org.apache.tika:tika-parsers-standard-package:2.5.0',
        'org.eclipse.jetty:jetty-webapp:9.4.49.v20220914',
        'org.elasticsearch:elasticsearch:7.17.6',
        'org.keycloak:keycloak-core:19.0.3',
        'org.seleniumhq.selenium:selenium-java:4.5.0',
      ],
      boot: 'org.springframework.boot:spring-boot-starter-web:2.7.5',
      war: 'org.apache.solr:solr-solrj:8.11.2',
    }),
  ],
  python: [
    debian(...base, 'python3', 'python3-yaml', 'python3-requests', 'python3-cryptography', 'python3-setuptools'),
    python(
      'pandas==2.1.0',
      'scipy==1.11.0',
      'jupyterlab==4.0.0',
      'celery==5.3.0',
      'boto3==1.28.0',
      'zope.interface==6.0',
    ),
  ],
  node: [
    debian(...base),
    node('react-scripts@5.0.1', 'express@4.18.0', 'typescript@5.0.2', 'jest@29.5.0', '@angular/cli@16.0.0'),
  ],
  big: [
    debian(...base),
    debian(...tools),
    debian('build-essential'),
    debian('clang'),
    debian('golang-go'),
    debian('openjdk-17-jre-headless'),
    debian('postgresql', 'redis-server'),
    debian('vim', 'python3-dev', 'ruby'),
    python('django==4.2.0', 'requests==2.28.0'),
    python('pandas==2.1.0', 'scipy==1.11.0'),
    python('matplotlib==3.8.0', 'scikit-learn==1.3.0'),
    python('jupyterlab==4.0.0'),
    node('react-scripts@5.0.1'),
    node('express@4.18.0', 'typescript@5.0.2', 'jest@29.5.0'),
    node('@angular/cli@16.0.0', '@angular/core@16.0.0'),
    node('next@13.4.0', 'svelte@3.59.0'),
    node('vite@4.3.0', '@mui/material@5.14.0', '@mui/icons-material@5.14.0'),
    node('aws-sdk@2.1400.0', 'date-fns@2.30.0', 'rxjs@7.8.0'),
    go(['linux/amd64'], 'github.com/mikefarah/yq/v4@v4.44.1'),
    java({ artifacts: ['org.springframework.boot:spring-boot-starter-web:2.7.5'] }),
  ],
};

/** Whose packages are held against lists, and nothing else. */
const listedOnly: Readonly<Record<string, readonly Layer[]>> = {
  'alpine-3.10': [alpine('3.10.9')],
  'rpm-sqlite': [rpm('sqlite', 'bash', 'coreutils', 'util-linux', 'curl', 'git', 'python3')],
  'rpm-berkeley-db': [rpm('berkeley-db', 'bash', 'coreutils', 'util-linux', 'curl', 'git', 'python3')],
};

/** All images by name. */
export const recipes: Readonly<Record<string, readonly Layer[]>> = { ...measured, ...listedOnly };
export const measuredImages: readonly string[] = Object.keys(measured);
export const allImages: readonly string[] = Object.keys(recipes);
