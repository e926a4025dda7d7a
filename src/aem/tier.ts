/** The three services of an AEM environment. */
export type Tier = 'author' | 'preview' | 'publish';

/** Every tier, in the order of an editor's work. */
export const TIERS: readonly Tier[] = ['author', 'preview', 'publish'];

/** The setting that names the host of a tier, for people who have to correct it. */
export function hostSetting(tier: Tier): string {
  return `AEM_${tier.toUpperCase()}_URL`;
}
