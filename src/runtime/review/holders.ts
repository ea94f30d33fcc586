import type { Reviewed } from './reviewtable.ts';

type Ids = Pick<Reviewed, 'channelId' | 'streamId' | 'highlightId'>;

/** Who holds the media of a highlight in review; with all that a record of its end needs: any process may end a hold. */
export function reviewer({ channelId, streamId, highlightId }: Ids): string {
  return [channelId, streamId, highlightId].map(encodeURIComponent).join('/');
}

export function reviewedBy(holder: string): Ids {
  const [channelId = '', streamId = '', highlightId = ''] = holder.split('/').map(decodeURIComponent);
  return { channelId, streamId, highlightId };
}

/** For whom is kept what its refinement looked at, until it is in review. */
export const looker = (ids: Ids): string => `${reviewer(ids)}/refined`;
