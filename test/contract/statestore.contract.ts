import { describe, expect, it } from 'vitest';
import type { StateStore } from '../../src/ports/statestore.ts';

/** What every state store must do. `open` gives an empty one. */
export function stateStoreContract(name: string, open: () => StateStore<{ count: number }>): void {
  describe(`state store: ${name}`, () => {
    it('gives back the state that was set last, and none for another key', () => {
      const store = open();
      store.set('a', { count: 1 });
      store.set('a', { count: 2 });
      expect(store.get('a')).toEqual({ count: 2 });
      expect(store.get('b')).toBeUndefined();
      expect([...store.keys()]).toEqual(['a']);
    });

    it('tells each changed key once, a deleted one as well', () => {
      const store = open();
      store.set('a', { count: 1 });
      store.set('b', { count: 1 });
      store.set('a', { count: 2 });
      expect([...store.takeChanged()].sort()).toEqual(['a', 'b']);
      expect(store.takeChanged()).toEqual([]);
      store.delete('a');
      store.delete('never there');
      expect(store.takeChanged()).toEqual(['a']);
      expect(store.get('a')).toBeUndefined();
    });

    it('does not tell a key as changed because it was read', () => {
      const store = open();
      store.set('a', { count: 1 });
      store.takeChanged();
      store.get('a');
      expect(store.takeChanged()).toEqual([]);
    });
  });
}
