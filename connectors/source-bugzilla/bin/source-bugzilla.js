#!/usr/bin/env node
import { launch } from '@fairlead/executable/launch';

await launch(new URL('../dist/main.js', import.meta.url));
