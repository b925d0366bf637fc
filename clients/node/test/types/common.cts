// The same package as CommonJS.
import { MQClient, type MQConfig } from '@sluice/client';
import sdk = require('@sluice/client');

const config: MQConfig = {};
export const clients: MQClient[] = [new MQClient(config), new sdk.MQClient(config), new sdk.default.MQClient(config)];
