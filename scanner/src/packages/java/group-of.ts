/**
 * Groups of artifacts whose jars do not tell them (those that Gradle builds have no `pom.properties`): published facts. The
 * artifact itself, or what its name begins with; the longest that fits counts.
 */
const known: ReadonlyMap<string, string> = new Map([
  ['annotations', 'org.jetbrains'],
  ['antlr', 'antlr'],
  ['antlr4-runtime', 'org.antlr'],
  ['aopalliance', 'aopalliance'],
  ['asm', 'org.ow2.asm'],
  ['asm-', 'org.ow2.asm'],
  ['aspectjrt', 'org.aspectj'],
  ['aspectjweaver', 'org.aspectj'],
  ['bcpkix-', 'org.bouncycastle'],
  ['bcprov-', 'org.bouncycastle'],
  ['bcutil-', 'org.bouncycastle'],
  ['c3p0', 'com.mchange'],
  ['caffeine', 'com.github.ben-manes.caffeine'],
  ['catalina', 'org.apache.tomcat'],
  ['cglib', 'cglib'],
  ['checker-qual', 'org.checkerframework'],
  ['commons-digester', 'commons-digester'],
  ['ehcache', 'org.ehcache'],
  ['elasticsearch', 'org.elasticsearch'],
  ['eureka-client', 'com.netflix.eureka'],
  ['gax', 'com.google.api'],
  ['gax-', 'com.google.api'],
  ['gradle-', 'org.gradle'],
  ['grpc-', 'io.grpc'],
  ['guava', 'com.google.guava'],
  ['guice', 'com.google.inject'],
  ['guice-', 'com.google.inject.extensions'],
  ['hibernate-commons-annotations', 'org.hibernate.common'],
  ['hibernate-validator', 'org.hibernate.validator'],
  ['HikariCP', 'com.zaxxer'],
  ['jackson-core-asl', 'org.codehaus.jackson'],
  ['jackson-mapper-asl', 'org.codehaus.jackson'],
  ['jakarta.servlet-api', 'jakarta.servlet'],
  ['java-jwt', 'com.auth0'],
  ['javax.inject', 'javax.inject'],
  ['javax.servlet-api', 'javax.servlet'],
  ['jcl-over-slf4j', 'org.slf4j'],
  ['jsr305', 'com.google.code.findbugs'],
  ['jul-to-slf4j', 'org.slf4j'],
  ['junit', 'junit'],
  ['junit-jupiter', 'org.junit.jupiter'],
  ['junit-jupiter-', 'org.junit.jupiter'],
  ['junit-platform-', 'org.junit.platform'],
  ['kafka-clients', 'org.apache.kafka'],
  ['kafka-streams', 'org.apache.kafka'],
  ['kafka_', 'org.apache.kafka'],
  ['kotlin-', 'org.jetbrains.kotlin'],
  ['kotlinx-', 'org.jetbrains.kotlinx'],
  ['log4j', 'log4j'],
  ['lombok', 'org.projectlombok'],
  ['lucene-', 'org.apache.lucene'],
  ['micrometer-', 'io.micrometer'],
  ['mockito-', 'org.mockito'],
  ['mssql-jdbc', 'com.microsoft.sqlserver'],
  ['mysql-connector-j', 'com.mysql'],
  ['mysql-connector-java', 'mysql'],
  ['netty-', 'io.netty'],
  ['okio', 'com.squareup.okio'],
  ['okio-jvm', 'com.squareup.okio'],
  ['opencensus-', 'io.opencensus'],
  ['opensearch', 'org.opensearch'],
  ['opentelemetry-', 'io.opentelemetry'],
  ['perfmark-', 'io.perfmark'],
  ['postgresql', 'org.postgresql'],
  ['reactive-streams', 'org.reactivestreams'],
  ['reactor-core', 'io.projectreactor'],
  ['reactor-netty', 'io.projectreactor.netty'],
  ['reactor-netty-', 'io.projectreactor.netty'],
  ['resilience4j-', 'io.github.resilience4j'],
  ['retrofit', 'com.squareup.retrofit2'],
  ['scala-library', 'org.scala-lang'],
  ['scala-reflect', 'org.scala-lang'],
  ['serializer', 'xalan'],
  ['slf4j-', 'org.slf4j'],
  ['spring-', 'org.springframework'],
  ['spring-amqp', 'org.springframework.amqp'],
  ['spring-batch-', 'org.springframework.batch'],
  ['spring-boot', 'org.springframework.boot'],
  ['spring-boot-', 'org.springframework.boot'],
  ['spring-cloud-', 'org.springframework.cloud'],
  ['spring-data-', 'org.springframework.data'],
  ['spring-hateoas', 'org.springframework.hateoas'],
  ['spring-integration-', 'org.springframework.integration'],
  ['spring-kafka', 'org.springframework.kafka'],
  ['spring-ldap-core', 'org.springframework.ldap'],
  ['spring-plugin-', 'org.springframework.plugin'],
  ['spring-rabbit', 'org.springframework.amqp'],
  ['spring-retry', 'org.springframework.retry'],
  ['spring-security-', 'org.springframework.security'],
  ['spring-session-', 'org.springframework.session'],
  ['spring-vault-core', 'org.springframework.vault'],
  ['spring-ws-', 'org.springframework.ws'],
  ['springdoc-', 'org.springdoc'],
  ['springfox-', 'io.springfox'],
  ['tomcat-', 'org.apache.tomcat'],
  ['tomcat-coyote', 'org.apache.tomcat'],
  ['tomcat-embed-', 'org.apache.tomcat.embed'],
  ['websocket-api', 'org.apache.tomcat'],
  ['xalan', 'xalan'],
  ['xercesImpl', 'xerces'],
  ['xml-apis', 'xml-apis'],
  ['xmlbeans', 'org.apache.xmlbeans'],
  ['xmlpull', 'xmlpull'],
  ['zookeeper', 'org.apache.zookeeper'],
]);

/** Those that moved: the group from each first version on, the newest first. */
const moved: ReadonlyMap<string, readonly (readonly [major: number, group: string])[]> = new Map([
  [
    'dom4j',
    [
      [2, 'org.dom4j'],
      [0, 'dom4j'],
    ],
  ],
  [
    'groovy',
    [
      [4, 'org.apache.groovy'],
      [0, 'org.codehaus.groovy'],
    ],
  ],
  [
    'hibernate-core',
    [
      [6, 'org.hibernate.orm'],
      [0, 'org.hibernate'],
    ],
  ],
  [
    'okhttp',
    [
      [3, 'com.squareup.okhttp3'],
      [0, 'com.squareup.okhttp'],
    ],
  ],
  [
    'rxjava',
    [
      [3, 'io.reactivex.rxjava3'],
      [2, 'io.reactivex.rxjava2'],
      [0, 'io.reactivex'],
    ],
  ],
]);

/** An identifier such as `org.example.thing`. */
const dotted = /^[a-z_][\w-]*(?:\.[\w-]+)+$/i;

/** Owners of many projects, each of which has a group of its own: no library stands in these themselves. */
const ownersOfProjects = new Set(['com.github', 'io.github', 'org.apache', 'org.codehaus', 'org.eclipse']);

/** The group of an artifact by what is known of it, else by what its manifest tells; undefined where neither says. */
export function groupOf(artifact: string, version: string, manifest: ReadonlyMap<string, string>): string | undefined {
  return movedGroup(artifact, version) ?? knownGroup(artifact) ?? told(manifest, artifact);
}

function movedGroup(artifact: string, version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  return moved.get(artifact)?.find(([first]) => major >= first)?.[1];
}

function knownGroup(artifact: string): string | undefined {
  const exact = known.get(artifact);
  if (exact !== undefined) return exact;
  const begins = [...known.keys()].filter((name) => /[-_]$/.test(name) && artifact.startsWith(name));
  const [longest] = begins.toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : known.get(longest);
}

/** `Implementation-Vendor-Id` is the group by its definition; a bundle's name is the group, perhaps with the artifact behind it. */
function told(manifest: ReadonlyMap<string, string>, artifact: string): string | undefined {
  const vendor = manifest.get('Implementation-Vendor-Id') ?? '';
  if (dotted.test(vendor) && !ownersOfProjects.has(vendor)) return vendor;
  for (const attribute of ['Bundle-SymbolicName', 'Automatic-Module-Name', 'Extension-Name']) {
    const name = (manifest.get(attribute) ?? '').split(';', 1)[0]?.trim() ?? '';
    if (dotted.test(name)) return withoutArtifact(name, artifact);
  }
  return undefined;
}

/**
 * `org.slf4j.api` of `slf4j-api` is `org.slf4j`, `org.mongodb.driver-core` of `mongodb-driver-core` is `org.mongodb`,
 * `com.example.thing` of `thing` is `com.example`; but `org.apache.velocity` of `velocity` is a group.
 */
function withoutArtifact(name: string, artifact: string): string {
  const dot = name.lastIndexOf('.');
  const [before, last] = [name.slice(0, dot), name.slice(dot + 1)];
  const isOfArtifact = artifact === last || inWords(artifact).includes(inWords(last));
  return isOfArtifact && before.includes('.') && !ownersOfProjects.has(before) ? before : name;
}

/** With `-` around each of its words. */
function inWords(text: string): string {
  return `-${text.toLowerCase().replaceAll(/[-_.]/g, '-')}-`;
}
