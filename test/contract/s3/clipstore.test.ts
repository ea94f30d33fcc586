import { S3Bucket } from '../../support/s3bucket.ts';
import { describeWithServices } from '../../support/services.ts';
import { clipStoreContract } from '../clipstore.contract.ts';

describeWithServices(['s3'], 'clips in a bucket', (addressOf) => {
  clipStoreContract('a bucket', async () => {
    const bucket = await S3Bucket.make(addressOf('s3'));
    return {
      store: bucket.store(),
      again: async () => bucket.store(),
      // Services tell times by the second.
      apartMs: 1_100,
      tellsAll: true,
      close: async () => bucket.close(),
    };
  });
});
