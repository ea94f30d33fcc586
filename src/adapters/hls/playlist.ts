/** Where bytes are, as the playlist writes it; `offset` and `length` are null for the whole resource. */
export interface ByteRange {
  readonly uri: string;
  readonly offset: number | null;
  readonly length: number | null;
  /** What they are encrypted with, or null. */
  readonly key: PlaylistKey | null;
}

/** A key of AES-128 as the playlist writes it; `iv` is 32 hexadecimal digits. */
export interface PlaylistKey {
  readonly uri: string;
  readonly iv: string;
}

export interface PlaylistSegment {
  readonly media: ByteRange;
  /** Initialisation section, or null. */
  readonly init: ByteRange | null;
  readonly durationMs: number;
  readonly programDateTimeMs: number | null;
  readonly discontinuity: boolean;
  /** Number of breaks before it, since the broadcast's first. */
  readonly discontinuitySequence: number;
  readonly gap: boolean;
}

export interface MediaPlaylist {
  readonly kind: 'media';
  readonly targetDurationMs: number;
  /** Sequence number of the first segment listed. */
  readonly mediaSequence: number;
  readonly segments: readonly PlaylistSegment[];
  /** It will not grow any more. */
  readonly ended: boolean;
  /** Its oldest segments have left it, and more will while it grows. */
  readonly slides: boolean;
}

export interface Variant {
  readonly uri: string;
  /** Bits per second; 0 where it is not given. */
  readonly bandwidth: number;
  readonly hasVideo: boolean;
  /** Whether its own playlist has sound. */
  readonly hasAudio: boolean;
  /** The playlist of its sound, where that is apart. */
  readonly sound: string | null;
}

export interface MasterPlaylist {
  readonly kind: 'master';
  readonly variants: readonly Variant[];
}
