/** How requests name images of registries: by `Id`, or by what `ImageInfo` tells of them. */
import { z } from 'zod';
import { stringField, uint64Field } from '../platform/wire-types.ts';

const nameField = stringField.max(512);

export const imageInfoField = z.strictObject({
  InstanceName: nameField,
  Namespace: nameField,
  ImageName: nameField,
  ImageTag: nameField,
  /** Taken, and without meaning here. */
  Force: nameField,
  ImageDigest: nameField.optional(),
  RegistryType: nameField.optional(),
  ImageRepoAddress: nameField.optional(),
  InstanceId: nameField.optional(),
});

export type ImageInfo = z.infer<typeof imageInfoField>;

/** At most so many images can be named in one request; more are chosen by filters or by "all". */
export const mostNamedImages = 10_000;

export const imageInfosField = z.array(imageInfoField).max(mostNamedImages).optional();
export const imageIdsField = z.array(uint64Field).max(mostNamedImages).optional();

/** Fields of requests about one image. */
export const oneImageFields = { Id: uint64Field.optional(), ImageInfo: imageInfoField.optional() };
