/** How the wire calls a registry image. */
import type { RegistryImage } from '../assets/index.ts';

/** The repository without its namespace, which has a field of its own. */
export function imageNameOf({ repository, namespace }: Pick<RegistryImage, 'repository' | 'namespace'>): string {
  return namespace === '' ? repository : repository.slice(namespace.length + 1);
}

/** Registry and repository, as one would pull it. */
export function repositoryAddress({
  registryUrl,
  repository,
}: Pick<RegistryImage, 'registryUrl' | 'repository'>): string {
  return `${registryUrl.replace(/^https?:\/\//i, '').replace(/\/+$/, '')}/${repository}`;
}

/** The fields by which every reply names a registry image. */
export function wireImageNames(image: RegistryImage) {
  return {
    RegistryType: image.registryType,
    ImageRepoAddress: repositoryAddress(image),
    InstanceId: image.instanceId,
    InstanceName: image.registryName,
    Namespace: image.namespace,
    ImageName: imageNameOf(image),
    ImageTag: image.tag,
  };
}
