import { createHash } from 'node:crypto';

/** How far a fragment has come: where anybody sees it, on preview too, or on author only. */
export type Stage = 'published' | 'preview' | 'draft';

/** A content fragment of the made-up catalogue. Its fields may be changed by tests. */
export interface Fragment {
  /** Order of pages. */
  uuid: string;
  path: string;
  stage: Stage;
  /** In a closed user group: anonymous doesn't see it. */
  membersOnly: boolean;
  fields: {
    slug: string | null;
    title: string | null;
    channelResourceId: string | null;
    assetId: string | null;
    ratingScheme: string | null;
    ratingValue: string | null;
    authorizeWith: string | null;
    requiresAuth: boolean | null;
    availableFrom: string | null;
    availableTo: string | null;
    poster: { _publishUrl: string; width: number; height: number } | null;
  };
}

/** Names of the fields of a title, in the starter model's words. */
export type FieldName = keyof Fragment['fields'];

/** Channels of the made-up titles, named so that the Adobe Pass stand-in decides differently. */
export const channels = [
  'city-news',
  'river-kids',
  'north-sports',
  'harbor-drama',
  'sky-docs',
  'premium-movies',
  'premium-series',
  'parental-late-night',
] as const;

const subjects = ['Harbor', 'Night', 'River', 'Summit', 'Lantern', 'Orchard', 'Signal', 'Glass'];
const forms = ['Stories', 'Report', 'Trail', 'Kitchen', 'Detectives', 'Live', 'Garden'];

/** Makes a catalogue; the same size always gives the same titles. */
export function makeTitles(count: number, root: string): Fragment[] {
  const made = Array.from({ length: count }, (_, index) => makeTitle(index, root));
  return made.sort((a, b) => (a.uuid < b.uuid ? -1 : 1));
}

function makeTitle(index: number, root: string): Fragment {
  const digest = createHash('sha256')
    .update(`title ${String(index)}`)
    .digest('hex');
  const pick = <T>(from: readonly T[], at: number) =>
    from[Number.parseInt(digest.slice(at, at + 4), 16) % from.length];
  const title = `${pick(subjects, 0) ?? ''} ${pick(forms, 4) ?? ''} ${String(index + 1)}`;
  const slug = title.toLowerCase().replaceAll(' ', '-');
  const free = index % 20 === 19;
  return {
    uuid: digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    path: `${root}en/${slug}`,
    stage: 'published',
    membersOnly: index % 50 === 49,
    fields: {
      slug,
      title,
      channelResourceId: free ? null : (pick(channels, 8) ?? null),
      assetId: `asset-${String(index + 1)}`,
      ratingScheme: 'urn:v-chip',
      ratingValue: pick(['tv-g', 'tv-pg', 'tv-14'], 12) ?? null,
      authorizeWith: index % 10 === 0 ? 'asset' : 'channel',
      requiresAuth: !free,
      availableFrom: '2026-01-01T00:00:00.000Z',
      availableTo: null,
      poster: {
        _publishUrl: `https://publish.example.com/content/dam/tve/posters/${slug}.jpg`,
        width: 600,
        height: 900,
      },
    },
  };
}
