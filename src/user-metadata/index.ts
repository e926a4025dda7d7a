export { type MetadataAttribute, readAttributes, type UnreadableReason } from './attributes.ts';
export { type OwnedKeys, readUserMetadataKeys, UserMetadataKeys } from './keys.ts';
export { openedWith, type Scheme, SCHEMES, shapeOf } from './schemes.ts';
export {
  type CertificateEvent,
  type CertificateStatus,
  certificateStatuses,
  watchCertificates,
} from './watch.ts';
