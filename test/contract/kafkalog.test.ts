import { kafkaLogHarness } from '../support/kafkalog.ts';
import { eventLogContract } from './eventlog.contract.ts';

const brokers = (process.env.CLIPTIDE_TEST_KAFKA ?? '').split(',');
eventLogContract('Kafka', () => kafkaLogHarness(brokers));
