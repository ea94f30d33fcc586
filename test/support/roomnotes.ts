import type { RoomAsked, RoomRecord } from '../../src/ports/roomrecord.ts';

interface Note extends RoomAsked {
  readonly kind: 'waiting' | 'refused';
  readonly place?: number;
  readonly reason?: string;
}

/** Writes down who waits for room in a cache, and who is refused. */
export class RoomNotes implements RoomRecord {
  readonly notes: Note[] = [];

  async waiting(asked: RoomAsked, place: number): Promise<void> {
    this.notes.push({ ...asked, kind: 'waiting', place });
  }

  async refused(asked: RoomAsked, reason: string): Promise<void> {
    this.notes.push({ ...asked, kind: 'refused', reason });
  }

  get kinds(): readonly string[] {
    return this.notes.map(({ kind }) => kind);
  }
}
