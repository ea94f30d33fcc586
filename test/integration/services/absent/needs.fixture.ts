import { expect, it } from 'vitest';
import { describeWithServices } from '../../../support/services.ts';

describeWithServices(['kafka', 'redis'], 'what needs services', () => {
  it('runs', () => expect(true).toBe(true));
});
