// Generated from schemas/*.avsc by `npm run generate`; do not edit.

/** An archive that can be read from now on. */
export interface ArchiveOpened {
  /** The media playlist's or file's address: an absolute http(s) URL or file path. */
  readonly uri: string;
  /** hls (a media playlist) or file (one progressive file, read in place). */
  readonly type: string;
  /** How event time maps to archive time: 'offset' (zeroAtMs lies at offsetMs) or 'programDateTime'. */
  readonly clock: string;
  /** Event time of the chat's zero, milliseconds since 1970-01-01 UTC. */
  readonly zeroAtMs: number;
  /** Archive time at which the chat's zero lies, in milliseconds; used by clock 'offset'. */
  readonly offsetMs: number;
  /** Length of a file in milliseconds; null for a playlist, whose segments say it. */
  readonly durationMs: null | number;
  /** Whether there is a picture. */
  readonly hasVideo: boolean;
  /** Whether there is sound. */
  readonly hasAudio: boolean;
  /** The address that the operator gave, where it is asked again for addresses that have expired; null: uri. */
  readonly source: null | string;
}

/** How bytes that are encrypted with AES-128 in CBC mode (HLS, RFC 8216) are read. */
export interface SegmentKey {
  /** Absolute URI or file path of the key, which is 16 bytes; the key itself is in no record. */
  readonly uri: string;
  /** Initialisation vector, 32 hexadecimal digits; as the playlist says or from its media sequence number. */
  readonly iv: string;
}

/** Where bytes of the archive are. */
export interface SegmentRange {
  /** Absolute URI or file path. */
  readonly uri: string;
  /** First byte, or null for the whole resource. */
  readonly byteOffset: null | number;
  /** Number of bytes, or null for the whole resource. */
  readonly byteLength: null | number;
  /** How they are decrypted, or null where they are plain. */
  readonly key: null | SegmentKey;
}

/** One media segment of a playlist, once it is archived. */
export interface ArchiveSegment {
  /** Media sequence number; grows by one. */
  readonly sequence: number;
  /** Where its bytes are. */
  readonly media: SegmentRange;
  /** Where its initialisation section is (fMP4), or null. */
  readonly init: null | SegmentRange;
  /** Archive time of its start in milliseconds: the sum of the durations before it, from the first segment seen. */
  readonly startMs: number;
  /** Its duration in milliseconds. */
  readonly durationMs: number;
  /** Wall-clock time of its start, milliseconds since 1970-01-01 UTC, or null. */
  readonly programDateTimeMs: null | number;
  /** Whether the media's timeline breaks before it. */
  readonly discontinuity: boolean;
  /** Whether it is declared as missing. */
  readonly gap: boolean;
  /** Whether its sound was removed by the platform. */
  readonly muted: boolean;
  /** How much media the live playlist listed when it was first seen there, in milliseconds; null where nothing leaves the playlist. */
  readonly windowMs: null | number;
}

/** The archive will not grow any more. */
export interface ArchiveEnded {
  /** Its whole length in milliseconds. */
  readonly durationMs: number;
}

/** What became known of a broadcast's recorded media. */
export interface ArchiveEvent {
  /** Id of the event, unique in its broadcast. */
  readonly eventId: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** When the watcher saw it, in milliseconds since 1970-01-01 UTC; information only. */
  readonly atMs: number;
  /** opened, segment, sound or ended. More kinds can be added. */
  readonly kind: string;
  /** Set for kind opened. */
  readonly opened: null | ArchiveOpened;
  /** Set for kind segment. */
  readonly segment: null | ArchiveSegment;
  /** Set for kind ended. */
  readonly ended: null | ArchiveEnded;
  /** Set for kind sound: a segment of a rendition that has the sound alone, numbered and placed in a time of its own. */
  readonly sound: null | ArchiveSegment;
}

/** One try of a task by a worker. */
export interface Attempt {
  /** Task id and number of the try. */
  readonly attemptId: string;
  /** The task. */
  readonly taskId: string;
  /** The highlight. */
  readonly highlightId: string;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** refine or render. */
  readonly role: string;
  /** Where. */
  readonly nodeId: string;
  /** 1 is the first try. */
  readonly number: number;
  /** done, retried or failed. */
  readonly outcome: string;
  /** Code and message, or empty. */
  readonly error: string;
  /** When it began. */
  readonly startedAtMs: number;
  /** How long it took, in milliseconds. */
  readonly wallMs: number;
  /** CPU time of its processes. */
  readonly cpuSeconds: number;
  /** Segment bytes that the origin sent. */
  readonly bytesFetched: number;
  /** Money, in millionths of the currency's unit. */
  readonly costMicros: number;
}

/** What a budget allowed or refused: spend that leaves no trace on disk (a reservation before the work, its settlement after), clips that retention removed, and media in a cache that a highlight in review had to let go of. */
export interface BudgetEntry {
  /** Id of the entry. */
  readonly entryId: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** Scope of the quota ledger, with the hour or day of UTC that the spend counts for. In records of earlier versions 'renderSeconds'. */
  readonly scope: string;
  /** reserve (again where more is needed), settle (what was really spent; it takes the place of the reservations), waiting, refused, evicted, or released (the cache keeps the segments of a highlight in review no longer). */
  readonly kind: string;
  /** Integer amount in the scope's unit; of llmCost in millionths of a US dollar. */
  readonly amount: number;
  /** The task that spends; empty where it is not a task's own. Of released: the highlight. */
  readonly taskId: string;
  /** When, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  /** What the reservations and the settlement of one spend have in common. */
  readonly spendId: string;
  /** Name of the node that spends. */
  readonly nodeId: string;
  /** Of waiting: the place in the queue, 1 for the next. */
  readonly place: number;
  /** Generation of the ledger's scope when it was reserved; another one is there after a loss. */
  readonly generation: number;
  /** Why it was refused or removed, or was settled at its estimate. */
  readonly reason: string;
}

/** State of a stateful stage: of one key in one of two slots, or the partition's record. */
export interface StateSnapshot {
  /** The state's key, or '~offsets' for the partition's record. */
  readonly key: string;
  /** 0 or 1; the older slot survives compaction. 0 for the partition's record. */
  readonly slot: number;
  /** The owner's epoch: grows each time the partition is given to a member. Only the newest owner's word counts. */
  readonly epoch: number;
  /** Grows with every snapshot of an owner. */
  readonly sequence: number;
  /** Next offset of every input topic that this state has seen. */
  readonly offsets: Readonly<Record<string, number>>;
  /** Version of the state's code. */
  readonly stateVersion: number;
  /** SHA-256 of the state, in hexadecimal. */
  readonly checksum: string;
  /** The state. */
  readonly state: Uint8Array;
  /** Whether the stream has ended, so that only this marker is left. */
  readonly closed: boolean;
}

/** A channel's settings from a time on. The newest record whose effectiveAtMs is not later than an event holds for that event. */
export interface ChannelSettings {
  /** Id of the channel; the topic's key. */
  readonly channelId: string;
  /** Event time from which they hold, milliseconds since 1970-01-01 UTC. */
  readonly effectiveAtMs: number;
  /** How many highlights an hour the operator wishes. */
  readonly highlightsPerHour: number;
  /** How late an event may be, in milliseconds. */
  readonly latenessMs: number;
  /** The platform's name of what is shown, or empty. */
  readonly category: string;
  /** Version of the model that scores new broadcasts, or empty for the default. */
  readonly scorerVersion: string;
  /** When conduct starts work on a highlight: 'online' (as it is detected) or 'ranking' (when the broadcast's ranking is known). */
  readonly hold: string;
  /** With hold 'ranking': how many of the best are worked on. */
  readonly top: number;
  /** Names of the presets that every approved highlight is rendered by. */
  readonly presets: readonly string[];
  /** Most bytes that the channel's stored clips may take, in blocks of the disk: the oldest go for a new one. Null for the configured default. */
  readonly clipBytes: null | number;
  /** Most clips that are stored of the channel: the oldest go for a new one. Null for the configured default. */
  readonly clipCount: null | number;
  /** Days after which a stored clip goes. Null for the configured default. */
  readonly clipDays: null | number;
  /** Most bytes of media that are fetched for the channel in an hour of UTC. Null for the configured default. */
  readonly fetchedBytesPerHour: null | number;
  /** Most seconds of CPU that renders for the channel may take in a day of UTC. Null for the configured default. */
  readonly renderSecondsPerDay: null | number;
  /** Most tokens, of requests and answers together, that LLM calls for the channel may take in a day of UTC. Null for the configured default. */
  readonly llmTokensPerDay: null | number;
  /** Most that LLM calls for the channel may cost in a day of UTC, in US dollars with at most six decimals. Null for the configured default. */
  readonly llmCostPerDay: null | number;
}

/** The outcome of a render task. */
export interface RenderedClip {
  /** The task. */
  readonly taskId: string;
  /** The clip. */
  readonly clipId: string;
  /** The highlight. */
  readonly highlightId: string;
  /** The revision that was rendered. */
  readonly revision: number;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** done or failed. */
  readonly outcome: string;
  /** Code and message of what failed, or empty. */
  readonly error: string;
  /** Name of the preset. */
  readonly preset: string;
  /** Start of the highlight that was cut, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: number;
  /** Peak. */
  readonly peakMs: number;
  /** End. */
  readonly endMs: number;
  /** Milliseconds of extra picture before the start (a copy starts at a key frame). */
  readonly headMs: number;
  /** Title. */
  readonly title: string;
  /** Rank in the broadcast, where it is known. */
  readonly rank: null | number;
  /** Key of the video in the clip store, or empty. */
  readonly video: string;
  /** Key of the poster in the clip store, or empty. */
  readonly poster: string;
  /** Length of the clip in milliseconds. */
  readonly durationMs: number;
  /** Size of the video. */
  readonly bytes: number;
  /** SHA-256 of the video, in hexadecimal. */
  readonly sha256: string;
  /** Segment bytes that the origin sent for this task. */
  readonly bytesFetched: number;
  /** Segment bytes that the task's span covers. */
  readonly bytesNeeded: number;
  /** ffmpeg's CPU time. */
  readonly cpuSeconds: number;
  /** How long it took, in milliseconds. */
  readonly wallMs: number;
  /** Broadcast time at which it was on disk, where the archive is live: the newest archived time then; else the end of the span. */
  readonly onDiskAtMs: number;
}

/** A record that could not be used, kept whole, with the reason. */
export interface DeadLetter {
  /** The stage that could not use it. */
  readonly stage: string;
  /** Topic, or the name of the source. */
  readonly topic: string;
  /** Partition; -1 for a source. */
  readonly partition: number;
  /** Offset, or the number of the source record. */
  readonly offset: number;
  /** The record's key, or empty. */
  readonly key: string;
  /** The record's headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** Error code. */
  readonly code: string;
  /** What is wrong with it, and where. */
  readonly reason: string;
  /** The record, cut to 64 KiB. */
  readonly value: null | Uint8Array;
  /** Its whole length. */
  readonly valueBytes: number;
  /** The broadcast, where it is known, else empty. */
  readonly streamId: string;
  /** When it was put aside, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** A word that chat used in the moment more than before. */
export interface Term {
  /** The word or emote. */
  readonly text: string;
  /** How often in the moment. */
  readonly count: number;
}

/** A moment that passed the threshold while on air; emitted once. */
export interface DetectedHighlight {
  /** Hash of stream id, scorer version and peak second. */
  readonly highlightId: string;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** Estimated start of the moment, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: number;
  /** The second in which the score passed the threshold; the same clock. */
  readonly peakMs: number;
  /** Estimated end; the same clock. */
  readonly endMs: number;
  /** The scorer's logit. */
  readonly score: number;
  /** The threshold that it passed. */
  readonly threshold: number;
  /** Event time at which it was sent: the end of the peak second plus the lateness bound. */
  readonly emittedAtMs: number;
  /** What each feature added to the score; with the intercept they sum to it. */
  readonly contributions: Readonly<Record<string, number>>;
  /** Version of the scorer. */
  readonly model: string;
  /** What chat said, most characteristic first. */
  readonly terms: readonly Term[];
}

/** The highlight as it is from this transition on. */
export interface Moment {
  /** Start, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: number;
  /** Peak. */
  readonly peakMs: number;
  /** End. */
  readonly endMs: number;
  /** Score. */
  readonly score: number;
  /** Rank in the broadcast, where it is known. */
  readonly rank: null | number;
  /** Title, or empty. */
  readonly title: string;
  /** Tags. */
  readonly tags: readonly string[];
  /** What each feature added to the score. */
  readonly contributions: Readonly<Record<string, number>>;
  /** Version of the scorer. */
  readonly model: string;
  /** What chat said. */
  readonly terms: readonly Term[];
  /** Event time at which it was detected. */
  readonly detectedAtMs: number;
}

/** One transition that conduct wants for a highlight. The first in log order for a revision wins; later ones are void. */
export interface JournalEntry {
  /** The highlight. */
  readonly highlightId: string;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** The revision that it starts from; 0 for a highlight that is not known yet. The result has the next one. */
  readonly fromRevision: number;
  /** detected, refining, refined, approved, rendering, rendered, rejected, expired or failed. More states can be added. */
  readonly toState: string;
  /** What caused it, such as the topic or the policy. */
  readonly cause: string;
  /** Who decided: 'conduct' or a person. */
  readonly actor: string;
  /** Why, in words, or empty. */
  readonly reason: string;
  /** Set where the transition changes what is known of the highlight. */
  readonly highlight: null | Moment;
  /** With state rendering: the presets that it is rendered by. */
  readonly presets: readonly string[];
  /** With state rendered: the ids of its clips. */
  readonly clips: readonly string[];
}

/** A local maximum of the score. */
export interface RankedCandidate {
  /** 1 is the best. */
  readonly rank: number;
  /** Id by the same hash as a detected highlight's; that highlight's own where it was emitted. */
  readonly highlightId: string;
  /** Whether it was emitted online as this highlight. */
  readonly emitted: boolean;
  /** Estimated start, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: number;
  /** Second of the maximum. */
  readonly peakMs: number;
  /** Estimated end. */
  readonly endMs: number;
  /** Score for ranking. */
  readonly score: number;
  /** What each feature added. */
  readonly contributions: Readonly<Record<string, number>>;
  /** What chat said. */
  readonly terms: readonly Term[];
}

/** What became of the source records; read is the sum of the others. */
export interface Fates {
  /** Records read. */
  readonly read: number;
  /** Records that scoring used. */
  readonly processed: number;
  /** Records behind the watermark. */
  readonly late: number;
  /** Records whose id was seen before. */
  readonly duplicate: number;
  /** Records that could not be used and were kept. */
  readonly deadLettered: number;
  /** Records of known kinds that scoring does not use. */
  readonly ignored: number;
}

/** The final ranking of a broadcast, sent once at its end: up to 50 candidates at least 120 s apart, best first. */
export interface StreamRanking {
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** Version of the scorer. */
  readonly model: string;
  /** Event time of the broadcast's zero. */
  readonly zeroAtMs: number;
  /** Event time of the first processed event. */
  readonly firstMs: null | number;
  /** Event time of the last processed event. */
  readonly lastMs: null | number;
  /** Best first. */
  readonly candidates: readonly RankedCandidate[];
  /** Counted in source records. */
  readonly fates: Fates;
}

/** The outcome of a refine task. */
export interface RefinedHighlight {
  /** The task. */
  readonly taskId: string;
  /** The highlight. */
  readonly highlightId: string;
  /** The revision that was refined. */
  readonly revision: number;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** done or failed. */
  readonly outcome: string;
  /** Code and message of what failed, or empty. */
  readonly error: string;
  /** Refined start. */
  readonly startMs: number;
  /** Peak. */
  readonly peakMs: number;
  /** Refined end. */
  readonly endMs: number;
  /** Title. */
  readonly title: string;
  /** Tags. */
  readonly tags: readonly string[];
  /** Why the boundaries lie where they do. */
  readonly reasons: readonly string[];
  /** heuristics, or the model's name. */
  readonly refinedBy: string;
  /** Bytes that the origin sent for it. */
  readonly bytesFetched: number;
  /** Segment bytes that the window covers. */
  readonly bytesNeeded: number;
  /** How long it took, in milliseconds. */
  readonly wallMs: number;
}

/** How far a source was read. */
export interface IngestPosition {
  /** The source; the topic's key. */
  readonly sourceId: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** Source records read so far. */
  readonly position: number;
  /** Whether the source came to its end. */
  readonly finished: boolean;
  /** Source records that counted, marks of start, end and silence left out. */
  readonly read: number;
  /** Of these, records that could not be used. */
  readonly deadLettered: number;
  /** Of these, records of kinds that are not used. */
  readonly ignored: number;
}

/** A chat message. */
export interface Chat {
  /** Pseudonym of the author: a keyed hash of the platform's user id. */
  readonly userId: string;
  /** The message as text. */
  readonly text: string;
  /** Names of the platform's emotes in the text. */
  readonly emotes: readonly string[];
  /** Roles of the author in this channel: broadcaster, moderator, vip, subscriber, bot. */
  readonly roles: readonly string[];
}

/** A viewer count. */
export interface Viewers {
  /** Number of viewers at this time. */
  readonly count: number;
}

/** A subscription, membership, gift or payment. */
export interface Support {
  /** Pseudonym of the supporter. */
  readonly userId: string;
  /** subscription, gift, cheer, superchat, membership or donation. */
  readonly type: string;
  /** How many: months are not counted, a bomb of 20 gifts is 20. */
  readonly count: number;
  /** Money in millionths of the currency's unit; 0 where it is not known. */
  readonly amountMicros: number;
  /** ISO 4217 code, or empty. */
  readonly currency: string;
}

/** Viewers that arrive from another channel together. */
export interface Raid {
  /** Name of the channel that they come from, or empty. */
  readonly fromChannel: string;
  /** How many. */
  readonly viewers: number;
}

/** A person marked this moment. */
export interface Marker {
  /** Pseudonym of who marked it. */
  readonly userId: string;
  /** What they wrote, or empty. */
  readonly note: string;
  /** Whether the person has a role that makes the marker near-certain. */
  readonly trusted: boolean;
}

/** A moderator's removal of a message or of all messages of a user. */
export interface Deletion {
  /** The deleted event, or null for all of a user's. */
  readonly targetEventId: null | string;
  /** Pseudonym of the user whose messages go, or null. */
  readonly targetUserId: null | string;
}

/** A change of the chat's mode. */
export interface Mode {
  /** slow, emoteOnly, subscribersOnly or followersOnly. */
  readonly name: string;
  /** Whether it was switched on. */
  readonly on: boolean;
  /** Interval of slow mode in seconds; 0 otherwise. */
  readonly seconds: number;
}

/** The broadcast's start. */
export interface Started {
  /** The platform's name of what is shown (the game), or empty. */
  readonly category: string;
  /** The broadcast's title, or empty. */
  readonly title: string;
}

/** The broadcast's end, with what its sources saw that never became an event. */
export interface Ended {
  /** Source records read, damaged ones included. */
  readonly read: number;
  /** Source records that ingest put into its dead-letter topic. */
  readonly deadLettered: number;
  /** Source records of kinds that are known and not used, counted by ingest. */
  readonly ignored: number;
}

/** One thing that happened in or around a live broadcast, at the time that its source gives. A reader that does not know a kind counts it as ignored. */
export interface LiveEvent {
  /** Id of the event, unique in its broadcast; the same source record always gets the same id. */
  readonly eventId: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** The source that reported it, such as 'chat' or 'viewers'; the watermark is the minimum over a broadcast's sources. */
  readonly source: string;
  /** Event time, in milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  /** What happened: chat, viewers, support, raid, marker, deletion, mode, streamStarted, streamEnded, idle. More kinds can be added. */
  readonly kind: string;
  /** Set for kind chat. */
  readonly chat: null | Chat;
  /** Set for kind viewers. */
  readonly viewers: null | Viewers;
  /** Set for kind support. */
  readonly support: null | Support;
  /** Set for kind raid. */
  readonly raid: null | Raid;
  /** Set for kind marker. */
  readonly marker: null | Marker;
  /** Set for kind deletion. */
  readonly deletion: null | Deletion;
  /** Set for kind mode. */
  readonly mode: null | Mode;
  /** Set for kind streamStarted; atMs is the broadcast's zero. */
  readonly started: null | Started;
  /** Set for kind streamEnded. */
  readonly ended: null | Ended;
}

/** What a person asks of the conductor. */
export interface OperatorCommand {
  /** Id of the command; the same id twice is one command. */
  readonly commandId: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** The highlight that it is about. */
  readonly highlightId: string;
  /** approve, reject, retry or trim. More kinds can be added. */
  readonly kind: string;
  /** Who asks. */
  readonly actor: string;
  /** The revision that the person saw; a stale one is refused. */
  readonly expectedRevision: null | number;
  /** Of a trim: where the moment begins, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: null | number;
  /** Of a trim: where it ends; the same clock. */
  readonly endMs: null | number;
  /** Why, in the person's words, or empty. */
  readonly reason: string;
  /** When it was issued, milliseconds since 1970-01-01 UTC. */
  readonly issuedAtMs: number;
}

/** Records that a stage will never see, since retention took them before it had read them, and that an operator has given up. The stage goes on behind them, at every replay. */
export interface Gap {
  /** Run and stage, topic, partition and first offset: the same gap has the same id. */
  readonly gapId: string;
  /** live, or the name of a backfill. */
  readonly run: string;
  /** The stage that they are lost to. */
  readonly stage: string;
  /** The topic that they were in. */
  readonly topic: string;
  /** Its partition. */
  readonly partition: number;
  /** The first offset that is lost. */
  readonly fromOffset: number;
  /** The offset that the stage goes on at. */
  readonly toOffset: number;
  /** Who gave them up: the node at which the operator asked. */
  readonly actor: string;
  /** When, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** A dead letter that an operator sent again to the topic that it came from. */
export interface Replay {
  /** The letter: stage, topic, partition and offset of the record that could not be used. */
  readonly letterId: string;
  /** Topic that it was sent to, the one that it came from. */
  readonly topic: string;
  /** Its partition, the same as before. */
  readonly partition: number;
  /** The offset that it has now; a dead letter of that offset is this letter again. */
  readonly offset: number;
  /** Who sent it: the node at which the operator asked. */
  readonly actor: string;
  /** When it was sent, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** A highlight whose boundaries and title are to be refined. */
export interface RefineTask {
  /** Hash of the highlight, its revision, the kind of work and the preset. */
  readonly taskId: string;
  /** The highlight. */
  readonly highlightId: string;
  /** The highlight's revision that the task works on. */
  readonly revision: number;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** The node that shall do it, or empty for any. */
  readonly nodeId: string;
  /** Start, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: number;
  /** Peak. */
  readonly peakMs: number;
  /** End. */
  readonly endMs: number;
  /** The refined start is not before this. */
  readonly earliestMs: number;
  /** The refined end is not after this. */
  readonly latestMs: number;
  /** What chat said. */
  readonly terms: readonly Term[];
}

/** A highlight to be rendered by one preset. */
export interface RenderTask {
  /** Hash of the highlight, its revision, the kind of work and the preset. */
  readonly taskId: string;
  /** The highlight. */
  readonly highlightId: string;
  /** The highlight's revision that the task works on. */
  readonly revision: number;
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** The node that shall do it, or empty for any. */
  readonly nodeId: string;
  /** Start, event time in milliseconds since 1970-01-01 UTC. */
  readonly startMs: number;
  /** Peak. */
  readonly peakMs: number;
  /** End. */
  readonly endMs: number;
  /** Name of the preset. */
  readonly preset: string;
  /** Hash of what the preset says. */
  readonly presetHash: string;
  /** Hash of highlight id, revision and preset hash. */
  readonly clipId: string;
  /** Title. */
  readonly title: string;
  /** Rank in the broadcast, where it is known. */
  readonly rank: null | number;
}

/** The beginning or end of a pass over the topics, or of a part of it. */
export interface RunEvent {
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** started or ended: a process; broadcast: one broadcast of a backfill is done; completed: all of them are. More kinds can be added. */
  readonly kind: string;
  /** Where. */
  readonly nodeId: string;
  /** Version of Cliptide. */
  readonly version: string;
  /** Version of the scorer, where the run does not leave it to the channels' settings; else of the default one. */
  readonly model: string;
  /** When, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  /** With kind broadcast: its id. */
  readonly streamId: string;
  /** Of a backfill: which broadcasts it replays, and how, as text; the same words are the same run. */
  readonly selection: string;
}

/** What scoring used of a channel's settings. */
export interface AppliedSettings {
  /** Event time from which they held. */
  readonly effectiveAtMs: number;
  /** How many highlights an hour were wished. */
  readonly highlightsPerHour: number;
  /** How late an event might be, in milliseconds. */
  readonly latenessMs: number;
  /** Version of the model, or empty for the default. */
  readonly scorerVersion: string;
  /** The platform's name of what was shown, or empty. */
  readonly category: string;
}

/** A broadcast that has ended, with where its events lie and the settings that it was scored by: what a backfill needs to find and to repeat it. */
export interface EndedStream {
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** Partition of live.analytics that holds its events. */
  readonly partition: number;
  /** Offset of its first event there; null where it is not known. */
  readonly firstOffset: null | number;
  /** Offset of the event that ended it. */
  readonly endOffset: number;
  /** Event time of the broadcast's zero, milliseconds since 1970-01-01 UTC. */
  readonly zeroAtMs: number;
  /** Event time of its end. */
  readonly endedAtMs: number;
  /** The settings that were in force between its first and its last event, oldest first. */
  readonly settings: readonly AppliedSettings[];
}

/** One second of a broadcast's curve. */
export interface StreamSecond {
  /** The pass over the topics that made this record: 'live' or the name of a backfill. */
  readonly run: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** Start of the second, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
  /** Chat messages in this second. */
  readonly messages: number;
  /** The scorer's logit at the end of this second. */
  readonly score: number;
  /** The threshold in force. */
  readonly threshold: number;
  /** Latest viewer count, or null. */
  readonly viewers: null | number;
}

/** A wall-clock time that came due, as a record, so that a replay repeats it. */
export interface Timer {
  /** Id of the timer. */
  readonly timerId: string;
  /** Id of the broadcast. */
  readonly streamId: string;
  /** Id of the channel that the broadcast belongs to; the topic's key. */
  readonly channelId: string;
  /** retry or archiveWait. */
  readonly kind: string;
  /** What it is about, such as a highlight id. */
  readonly subject: string;
  /** When it was due. */
  readonly dueAtMs: number;
  /** When it fired. */
  readonly firedAtMs: number;
}

/** What a worker can take on for one partition. */
export interface WorkerStatus {
  /** The node. */
  readonly nodeId: string;
  /** refine or render. */
  readonly role: string;
  /** The partition that the credits are for. */
  readonly partition: number;
  /** How many tasks it takes at a time for this partition. */
  readonly capacity: number;
  /** When, milliseconds since 1970-01-01 UTC. */
  readonly atMs: number;
}

/** The record type of every schema, by the schema's name. */
export interface SchemaRecords {
  'archive.events': ArchiveEvent;
  'attempts': Attempt;
  'budget.entries': BudgetEntry;
  'changelogs': StateSnapshot;
  'channel.settings': ChannelSettings;
  'clips.rendered': RenderedClip;
  'dead-letters': DeadLetter;
  'highlights.detected': DetectedHighlight;
  'highlights.journal': JournalEntry;
  'highlights.ranked': StreamRanking;
  'highlights.refined': RefinedHighlight;
  'ingest.positions': IngestPosition;
  'live.analytics': LiveEvent;
  'operator.commands': OperatorCommand;
  'operator.gaps': Gap;
  'operator.replays': Replay;
  'refine.tasks': RefineTask;
  'render.tasks': RenderTask;
  'runs': RunEvent;
  'streams.ended': EndedStream;
  'streams.seconds': StreamSecond;
  'timers': Timer;
  'workers.status': WorkerStatus;
}
