const folders = ['var/lib/rpm/', 'usr/lib/sysimage/rpm/', 'usr/share/rpm/'];
/** Their names, the newest form first. */
export const rpmDatabases = ['rpmdb.sqlite', 'Packages.db', 'Packages'];

/** Where databases of rpm may stand, the newest place first. */
export const rpmDatabasePaths: readonly string[] = folders.flatMap((folder) =>
  rpmDatabases.map((name) => folder + name),
);
