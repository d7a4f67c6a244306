/** Where in an image's configuration a finding stands, instead of in a file. */
const inConfiguration = /^(env|label|history):/;

/** A path as people write it, from the root of the image; places in the configuration as they are. */
export function shownPath(path: string): string {
  return inConfiguration.test(path) ? path : `/${path}`;
}
