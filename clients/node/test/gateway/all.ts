import { after, describe } from 'node:test';
import { acknowledging } from './acknowledging.js';
import { aborting } from './aborting.js';
import { closing } from './closing.js';
import { examples } from './examples.js';
import { gatewaysLost } from './gatewaysLost.js';
import { handlers } from './handlers.js';
import { end } from './harness/shared.js';
import { kinds } from './kinds.js';
import { memory } from './memory.js';
import { nothingLeft } from './nothingLeft.js';
import { performance } from './performance.js';
import { refusals, unknownTopics } from './refusals.js';
import { security } from './security.js';
import { silence } from './silence.js';
import { transactions } from './transactions.js';

// All in one process, so that they share one gateway and its broker.
describe('the client before a started gateway', () => {
  after(end);

  // These mostly wait, each for something else.
  describe('at once', { concurrency: 3 }, () => {
    kinds();
    acknowledging();
    handlers();
    transactions();
    gatewaysLost();
    silence();
    aborting();
    closing();
    security();
    refusals();
  });

  // These want the machine.
  memory();
  performance();
  examples();

  nothingLeft();
  unknownTopics();
});
