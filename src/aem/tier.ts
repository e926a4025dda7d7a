/** The three services of an AEM environment. */
export type Tier = 'author' | 'preview' | 'publish';

/** Every tier, in the order of an editor's work. */
export const TIERS: readonly Tier[] = ['author', 'preview', 'publish'];
