#!/usr/bin/env node
import { aboutConnector, runConnector } from '@fairlead/executable';
import { connector } from './index.js';

await runConnector(connector, aboutConnector(import.meta.dirname));
