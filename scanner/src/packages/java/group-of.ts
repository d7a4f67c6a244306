/**
 * Groups of artifacts whose jars do not tell them (those that Gradle builds have no `pom.properties`): published facts. The
 * artifact itself, or what its name begins with; the longest that fits counts.
 */
const known: ReadonlyMap<string, string> = new Map([
  ['antlr4-runtime', 'org.antlr'],
  ['aspectjrt', 'org.aspectj'],
  ['aspectjweaver', 'org.aspectj'],
  ['bcpkix-', 'org.bouncycastle'],
  ['bcprov-', 'org.bouncycastle'],
  ['bcutil-', 'org.bouncycastle'],
  ['c3p0', 'com.mchange'],
  ['cglib', 'cglib'],
  ['elasticsearch', 'org.elasticsearch'],
  ['gradle-', 'org.gradle'],
  ['grpc-', 'io.grpc'],
  ['guava', 'com.google.guava'],
  ['hibernate-core', 'org.hibernate'],
  ['hibernate-validator', 'org.hibernate.validator'],
  ['HikariCP', 'com.zaxxer'],
  ['jakarta.servlet-api', 'jakarta.servlet'],
  ['javax.servlet-api', 'javax.servlet'],
  ['junit', 'junit'],
  ['junit-jupiter', 'org.junit.jupiter'],
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
  ['okhttp', 'com.squareup.okhttp3'],
  ['okio', 'com.squareup.okio'],
  ['okio-jvm', 'com.squareup.okio'],
  ['opentelemetry-', 'io.opentelemetry'],
  ['postgresql', 'org.postgresql'],
  ['reactor-core', 'io.projectreactor'],
  ['reactor-netty', 'io.projectreactor.netty'],
  ['retrofit', 'com.squareup.retrofit2'],
  ['rxjava', 'io.reactivex.rxjava2'],
  ['scala-library', 'org.scala-lang'],
  ['scala-reflect', 'org.scala-lang'],
  ['spring-', 'org.springframework'],
  ['spring-boot', 'org.springframework.boot'],
  ['spring-boot-', 'org.springframework.boot'],
  ['spring-cloud-', 'org.springframework.cloud'],
  ['spring-data-', 'org.springframework.data'],
  ['spring-kafka', 'org.springframework.kafka'],
  ['spring-security-', 'org.springframework.security'],
  ['spring-session-', 'org.springframework.session'],
  ['spring-ws-', 'org.springframework.ws'],
  ['tomcat-embed-', 'org.apache.tomcat.embed'],
  ['tomcat-', 'org.apache.tomcat'],
  ['catalina', 'org.apache.tomcat'],
  ['tomcat-coyote', 'org.apache.tomcat'],
  ['websocket-api', 'org.apache.tomcat'],
  ['zookeeper', 'org.apache.zookeeper'],
  ['jul-to-slf4j', 'org.slf4j'],
  ['slf4j-', 'org.slf4j'],
  ['netty-', 'io.netty'],
]);

/** An identifier such as `org.example.thing`. */
const dotted = /^[a-z_][\w-]*(?:\.[\w-]+)+$/i;

/** The group of an artifact by what is known of it, else by what its manifest tells; undefined where neither says. */
export function groupOf(artifact: string, manifest: ReadonlyMap<string, string>): string | undefined {
  return knownGroup(artifact) ?? told(manifest, artifact);
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
  if (dotted.test(vendor)) return vendor;
  for (const attribute of ['Bundle-SymbolicName', 'Automatic-Module-Name', 'Extension-Name']) {
    const name = (manifest.get(attribute) ?? '').split(';', 1)[0]?.trim() ?? '';
    if (dotted.test(name)) return withoutArtifact(name, artifact);
  }
  return undefined;
}

/** `org.slf4j.api` of `slf4j-api` is `org.slf4j`; `com.example.thing` of `thing` is `com.example`. */
function withoutArtifact(name: string, artifact: string): string {
  const dot = name.lastIndexOf('.');
  const [before, last] = [name.slice(0, dot), name.slice(dot + 1)];
  const isOfArtifact = artifact.toLowerCase().split(/[-_.]/).includes(last.toLowerCase()) || artifact === last;
  return isOfArtifact && before.includes('.') ? before : name;
}
