import { kafkaLogHarness } from '../support/kafkalog.ts';
import { describeWithServices } from '../support/services.ts';
import { eventLogContract } from './eventlog.contract.ts';

describeWithServices(['kafka'], 'the event log on Kafka', (addressOf) => {
  eventLogContract('Kafka', () => kafkaLogHarness(addressOf('kafka').split(',')));
});
